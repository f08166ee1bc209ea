package io.holdfast.worker.job;

import io.holdfast.model.command.JobCommand.RunJob;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.wire.TraceParent;
import io.holdfast.worker.trace.JobTrace;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.MDC;

/** Who and where, as keys of every log line of a job's thread and of its span. */
final class JobMdc {
  private JobMdc() {}

  /**
   * @param trace null: it belongs to none
   */
  static void put(RunJob command, TraceParent trace) {
    keys(command).forEach(MDC::put);
    if (trace != null) {
      MDC.put("traceId", trace.traceId());
    }
  }

  /** The span of the attempt, with the same keys. */
  static JobTrace trace(RunJob command, TraceParent asked) {
    return JobTrace.begin(asked, "run " + command.spec().getClass().getSimpleName(), keys(command));
  }

  private static Map<String, String> keys(RunJob command) {
    Map<String, String> keys = new HashMap<>();
    keys.put("jobId", command.jobId().value());
    keys.put("attempt", Integer.toString(command.attempt()));
    keys.put("repository", command.spec().repository().name());
    String cluster =
        switch (command.spec()) {
          case JobSpec.Backup backup -> backup.cluster().name();
          case JobSpec.Restore restore -> restore.sourceCluster();
          case JobSpec.Verify verify -> verify.sourceCluster();
          case JobSpec.Check check -> check.cluster().name();
          case JobSpec.Probe probe -> null;
          case JobSpec.RestorePoint point -> point.cluster().name();
          case JobSpec.Drill drill -> drill.sourceCluster();
          case JobSpec.Copy copy -> copy.sourceCluster();
          case JobSpec.CopyWal copy -> copy.sourceCluster();
          case JobSpec.RotateKeys rotate -> rotate.cluster();
          case JobSpec.Scan scan -> null;
          case JobSpec.Expire expire -> expire.cluster();
          case JobSpec.LegalHold hold -> hold.cluster();
          case JobSpec.Reencrypt reencrypt -> reencrypt.sourceCluster();
          case JobSpec.ReencryptWal reencrypt -> reencrypt.cluster();
        };
    if (cluster != null) {
      keys.put("cluster", cluster);
    }
    return keys;
  }
}
