package io.holdfast.api.schedule;

import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.sql.AnyOf;
import io.holdfast.model.wire.Wire;
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
  @Inject RunPlanner planner;
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
        decided += apart(taken, now(by), e);
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

  /**
   * After one of them was refused: in halves, until it is by itself. The others are decided
   * together still.
   */
  private int apart(List<Long> ids, Instant now, RuntimeException because) {
    if (ids.size() == 1) {
      return refused(ids.getFirst(), now, because);
    }
    LOG.debugf(because, "one of %d schedules was refused: they are taken in halves", ids.size());
    int middle = ids.size() / 2;
    return together(ids.subList(0, middle), now) + together(ids.subList(middle, ids.size()), now);
  }

  private int together(List<Long> ids, Instant now) {
    try {
      return QuarkusTransaction.requiringNew().call(() -> settle(ids, now));
    } catch (RuntimeException e) {
      return apart(ids, now, e);
    }
  }

  /** Those of them that nobody else has decided meanwhile. */
  private int settle(List<Long> ids, Instant now) {
    List<ScheduleEntity> due =
        lock(ids).stream()
            .filter(schedule -> schedule.actAt != null && !schedule.actAt.isAfter(now))
            .toList();
    return due.isEmpty() ? 0 : settler.settle(due, now, null);
  }

  private int refused(long id, Instant now, RuntimeException because) {
    if (because instanceof ApiProblem refused) {
      return putOff(id, refused.code() + ": " + refused.getMessage(), now);
    }
    LOG.errorf(because, "schedule %d cannot be carried out", id);
    return putOff(id, "the service failed, its log says how", now);
  }

  /** Its runs are asked for again in a while, as long as their deadlines are not over. */
  private int putOff(long id, String because, Instant now) {
    try {
      return QuarkusTransaction.requiringNew()
          .call(
              () -> {
                List<ScheduleEntity> found = lock(List.of(id));
                return found.isEmpty() ? 0 : settler.settle(found, now, because);
              });
    } catch (RuntimeException e) {
      // One that cannot even be read must not hold up the others.
      LOG.errorf(e, "schedule %d cannot be looked at", id);
      QuarkusTransaction.requiringNew()
          .run(() -> lock(List.of(id)).forEach(row -> planner.lookLater(row, now.plus(RETRY))));
      return 0;
    }
  }

  @SuppressWarnings("unchecked")
  private List<ScheduleEntity> lock(List<Long> ids) {
    return entities
        .createNativeQuery(
            "select * from schedule where id = "
                + AnyOf.bigints("ids")
                + " order by act_at for update skip locked",
            ScheduleEntity.class)
        .setParameter("ids", Wire.text(ids))
        .getResultList();
  }
}
