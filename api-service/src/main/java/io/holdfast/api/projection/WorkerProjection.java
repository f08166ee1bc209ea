package io.holdfast.api.projection;

import io.holdfast.api.job.JobEntity;
import io.holdfast.api.job.JobLifecycle;
import io.holdfast.model.event.WorkerEvent;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.UUID;
import org.jboss.logging.Logger;

/** What workers say of themselves and of commands that they would not touch. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class WorkerProjection {
  private static final Logger LOG = Logger.getLogger(WorkerProjection.class);

  @Inject EntityManager entities;
  @Inject JobLifecycle lifecycle;
  @Inject Clock clock;
  @Inject Event<CommandForged> forged;

  void seen(WorkerEvent.Heartbeat beat) {
    int unused =
        entities
            .createNativeQuery(
                "insert into worker (id, pool, version, tools, running, last_seen) values (:id,"
                    + " :pool, :version, cast(:tools as jsonb), cast(:running as jsonb), :now) on"
                    + " conflict (id) do update set pool = excluded.pool, version ="
                    + " excluded.version, tools = excluded.tools, running = excluded.running,"
                    + " last_seen = excluded.last_seen")
            .setParameter("id", beat.worker())
            .setParameter("pool", beat.pool())
            .setParameter("version", beat.version())
            .setParameter("tools", Wire.text(beat.tools()))
            .setParameter("running", Wire.text(beat.running()))
            .setParameter("now", clock.instant())
            .executeUpdate();
  }

  /**
   * Only a command that carried a good signature may fail the job that it names: otherwise whoever
   * can write to the topic could end jobs.
   *
   * @return false when this refusal is known
   */
  boolean refused(WorkerEvent.CommandRefused refusal) {
    if (!remember(refusal)) {
      return false;
    }
    if (!refusal.authentic()) {
      LOG.warnf(
          "worker %s refused a command that this service did not sign: %s",
          refusal.worker(), refusal.problem().detail());
      forged.fire(new CommandForged(refusal));
    } else if (refusal.jobId() != null && refusal.attempt() != null) {
      JobEntity.lock(refusal.jobId())
          .filter(job -> job.attempt == refusal.attempt() && job.dispatchedAt != null)
          .ifPresent(job -> end(job, refusal));
    }
    return true;
  }

  private void end(JobEntity job, WorkerEvent.CommandRefused refusal) {
    boolean unused =
        lifecycle.expired(job)
            ? lifecycle.notAccepted(job)
            : lifecycle.fail(job, refusal.problem());
  }

  private boolean remember(WorkerEvent.CommandRefused refusal) {
    return entities
            .createNativeQuery(
                "insert into refused_command (event_id, worker, pool, authentic, job_id, attempt,"
                    + " problem, at, received_at) values (:id, :worker, :pool, :authentic, :job,"
                    + " :attempt, cast(:problem as jsonb), :at, :now) on conflict (event_id) do"
                    + " nothing")
            .setParameter("id", refusal.eventId())
            .setParameter("worker", refusal.worker())
            .setParameter("pool", refusal.pool())
            .setParameter("authentic", refusal.authentic())
            .setParameter(
                "job", refusal.jobId() == null ? null : UUID.fromString(refusal.jobId().value()))
            .setParameter("attempt", refusal.attempt())
            .setParameter("problem", Wire.text(refusal.problem()))
            .setParameter("at", refusal.at())
            .setParameter("now", clock.instant())
            .executeUpdate()
        > 0;
  }
}
