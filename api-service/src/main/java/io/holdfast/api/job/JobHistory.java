package io.holdfast.api.job;

import io.holdfast.api.sql.AnyOf;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
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

  /** Lines that wait to be written; found by its class in the transaction. */
  private record Held(List<JobEventEntity> rows) {}

  @Inject Clock clock;
  @Inject TransactionSynchronizationRegistry transaction;
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

  /**
   * Does work that notes something about many jobs. The lines are written when it is done, behind
   * each other: between rows of other kinds each of them would be a statement of its own. Until
   * then nobody may ask for them.
   */
  public void together(Runnable work) {
    if (transaction.getResource(Held.class) != null) {
      work.run();
      return;
    }
    Held held = new Held(new ArrayList<>());
    transaction.putResource(Held.class, held);
    try {
      work.run();
    } finally {
      transaction.putResource(Held.class, null);
    }
    held.rows().forEach(row -> row.persist());
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
                "select event_id from job_event where event_id = " + AnyOf.texts("ids"),
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
    if (transaction.getResource(Held.class) instanceof Held held) {
      held.rows().add(row);
    } else {
      row.persist();
    }
    changed.fire(new JobChanged(job.id));
  }
}
