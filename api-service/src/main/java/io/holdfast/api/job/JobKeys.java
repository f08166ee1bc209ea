package io.holdfast.api.job;

import io.holdfast.model.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.MDC;

/** Who and where, as keys of the lines that are logged until it is closed. The workers' keys. */
final class JobKeys implements AutoCloseable {
  private final List<String> put = new ArrayList<>();
  private final Object traceBefore = MDC.get("traceId");

  /**
   * @param problem null: there is none
   */
  static JobKeys of(JobEntity job, Problem problem) {
    JobKeys keys = new JobKeys();
    keys.put("jobId", job.id);
    keys.put("attempt", job.attempt);
    keys.put("cluster", job.cluster);
    keys.put("code", problem == null ? null : problem.code());
    if (job.trace() != null) {
      keys.put("traceId", job.trace().traceId());
    }
    return keys;
  }

  private void put(String key, Object value) {
    if (value != null) {
      MDC.put(key, value.toString());
      put.add(key);
    }
  }

  @Override
  public void close() {
    put.forEach(MDC::remove);
    if (traceBefore != null) {
      MDC.put("traceId", traceBefore);
    }
  }
}
