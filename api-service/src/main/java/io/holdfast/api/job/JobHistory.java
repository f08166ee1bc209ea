package io.holdfast.api.job;

import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Writes history. The job's row must be locked, which is what makes its sequence gapless. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class JobHistory {
  /** Fired in the transaction; of use to those who wait once it has committed. */
  public record JobChanged(java.util.UUID jobId) {}

  @Inject Clock clock;
  @Inject Event<JobChanged> changed;

  /** What a worker reported. */
  public void heard(
      JobEntity job,
      String eventId,
      String type,
      int attempt,
      boolean stale,
      Instant at,
      String worker,
      EventBody body) {
    append(job, eventId, type, attempt, stale, at, worker, body);
  }

  /** What the API itself did or found. */
  public void noted(JobEntity job, String type, EventBody body) {
    append(job, null, type, job.attempt, false, clock.instant(), null, body);
  }

  /** Those of the workers' event ids that are in the history; a set that may be added to. */
  @SuppressWarnings("unchecked")
  public Set<String> known(Collection<String> eventIds) {
    if (eventIds.isEmpty()) {
      return new HashSet<>();
    }
    List<String> known =
        JobEventEntity.getEntityManager()
            .createNativeQuery(
                "select event_id from job_event where event_id = any(array(select"
                    + " jsonb_array_elements_text(cast(:ids as jsonb))))",
                String.class)
            .setParameter("ids", Wire.text(eventIds))
            .getResultList();
    return new HashSet<>(known);
  }

  private void append(
      JobEntity job,
      String eventId,
      String type,
      int attempt,
      boolean stale,
      Instant at,
      String worker,
      EventBody body) {
    JobEventEntity row = new JobEventEntity();
    row.key = new JobEventEntity.Key(job.id, ++job.lastSequence);
    row.eventId = eventId;
    row.type = type;
    row.attempt = attempt;
    row.stale = stale;
    row.at = at;
    row.receivedAt = clock.instant();
    row.worker = worker;
    row.body = Wire.text(body);
    row.persist();
    changed.fire(new JobChanged(job.id));
  }
}
