package io.holdfast.api.schedule;

import io.holdfast.api.problem.ApiProblem;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Looks whose time has come. Any number of replicas may look at once: {@code SKIP LOCKED} deals the
 * schedules out between them, and what one has decided no other finds.
 */
@ApplicationScoped
public class ScheduleTick {
  private static final Logger LOG = Logger.getLogger(ScheduleTick.class);
  private static final int BATCH = 100;
  private static final Duration RETRY = Duration.ofSeconds(30);

  @Inject EntityManager entities;
  @Inject RunSettler settler;
  @Inject Clock clock;

  @Scheduled(
      every = "${holdfast.schedules.tick:1s}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void tick() {
    try {
      long begun = System.nanoTime();
      int decided = run(clock);
      if (decided > 0) {
        LOG.infof("%d due runs decided in %d ms", decided, (System.nanoTime() - begun) / 1_000_000);
      }
    } catch (RuntimeException e) {
      LOG.warn("schedules could not be looked at: the next tick tries again", e);
    }
  }

  /** Decides everything whose time has come by that clock; how many runs that were. */
  public int run(Clock by) {
    int decided = 0;
    List<Long> taken = new ArrayList<>();
    do {
      taken.clear();
      try {
        decided += QuarkusTransaction.requiringNew().call(() -> batch(now(by), taken));
      } catch (RuntimeException e) {
        if (taken.isEmpty()) {
          throw e;
        }
        LOG.debugf(e, "one of %d schedules was refused: each by itself", taken.size());
        decided += oneByOne(taken, now(by));
      }
    } while (!taken.isEmpty());
    return decided;
  }

  /** As exactly as the catalog keeps it. */
  private static Instant now(Clock by) {
    return by.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /**
   * @param taken is given the ids of those that were found, whatever becomes of the transaction
   */
  @SuppressWarnings("unchecked")
  private int batch(Instant now, List<Long> taken) {
    List<ScheduleEntity> due =
        entities
            .createNativeQuery(
                "select * from schedule where act_at <= :now order by act_at limit "
                    + BATCH
                    + " for update skip locked",
                ScheduleEntity.class)
            .setParameter("now", now)
            .getResultList();
    due.forEach(schedule -> taken.add(schedule.id));
    return due.isEmpty() ? 0 : settler.settle(due, now, null);
  }

  private int oneByOne(List<Long> ids, Instant now) {
    int decided = 0;
    for (long id : ids) {
      try {
        decided += QuarkusTransaction.requiringNew().call(() -> one(id, now));
      } catch (ApiProblem refused) {
        decided += putOff(id, refused.code() + ": " + refused.getMessage(), now);
      } catch (RuntimeException e) {
        LOG.errorf(e, "schedule %d cannot be carried out", id);
        decided += putOff(id, "the service failed, its log says how", now);
      }
    }
    return decided;
  }

  private int one(long id, Instant now) {
    List<ScheduleEntity> found = lock(id);
    boolean due =
        !found.isEmpty() && found.getFirst().actAt != null && !found.getFirst().actAt.isAfter(now);
    return due ? settler.settle(found, now, null) : 0;
  }

  /** Its runs are asked for again in a while, as long as their deadlines are not over. */
  private int putOff(long id, String because, Instant now) {
    try {
      return QuarkusTransaction.requiringNew()
          .call(
              () -> {
                List<ScheduleEntity> found = lock(id);
                return found.isEmpty() ? 0 : settler.settle(found, now, because);
              });
    } catch (RuntimeException e) {
      // One that cannot even be read must not hold up the others.
      LOG.errorf(e, "schedule %d cannot be looked at", id);
      QuarkusTransaction.requiringNew()
          .run(() -> lock(id).forEach(schedule -> schedule.actAt = now.plus(RETRY)));
      return 0;
    }
  }

  @SuppressWarnings("unchecked")
  private List<ScheduleEntity> lock(long id) {
    return entities
        .createNativeQuery(
            "select * from schedule where id = :id for update skip locked", ScheduleEntity.class)
        .setParameter("id", id)
        .getResultList();
  }
}
