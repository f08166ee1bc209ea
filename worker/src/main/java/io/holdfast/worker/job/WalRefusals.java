package io.holdfast.worker.job;

import io.holdfast.model.event.WorkerEvent;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.wal.archive.ArchiveAlarms;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Tells of WAL that was refused, the same at most once a minute. */
@ApplicationScoped
class WalRefusals implements ArchiveAlarms {
  private static final Logger LOG = Logger.getLogger(WalRefusals.class);
  private static final Duration AGAIN_AFTER = Duration.ofMinutes(1);
  private static final int REMEMBERED = 10_000;

  private final WorkerIdentity identity;
  private final EventSender events;
  private final Clock clock;
  private final Map<String, Instant> told =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > REMEMBERED;
        }
      };

  WalRefusals(WorkerIdentity identity, EventSender events, Clock clock) {
    this.identity = identity;
    this.events = events;
    this.clock = clock;
  }

  @Override
  public void refused(String cluster, WalFileName file, String code, String detail, String keptAt) {
    Instant now = clock.instant();
    String what = cluster + "/" + file + "/" + code;
    synchronized (told) {
      Instant before = told.get(what);
      if (before != null && before.plus(AGAIN_AFTER).isAfter(now)) {
        return;
      }
      told.put(what, now);
    }
    LOG.errorf("refused WAL of cluster %s: %s", cluster, detail);
    var unused =
        events
            .send(
                cluster,
                new WorkerEvent.WalRefused(
                    UUID.randomUUID().toString(),
                    identity.id(),
                    now,
                    cluster,
                    file.toString(),
                    code,
                    detail,
                    keptAt))
            .whenComplete((done, failure) -> forgetIf(failure, what));
  }

  /** What the broker did not take is told with the next try of the server. */
  private void forgetIf(Throwable failure, String what) {
    if (failure != null) {
      synchronized (told) {
        told.remove(what);
      }
    }
  }
}
