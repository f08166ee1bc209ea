package io.holdfast.api.notification;

import io.holdfast.api.job.Backoff;
import io.holdfast.api.outbox.Doorbell;
import io.holdfast.model.Problem;
import io.holdfast.model.wire.Wire;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Sends what waits, each row at least once: it is locked while it is sent and marked in the same
 * transaction, so two replicas never send it at once, and one that dies leaves it to another. Only
 * a crash between the answer and the commit sends twice, under the same id.
 *
 * <p>When a target fails, all that waits for it waits for the same time: one message at a time
 * tries whether it is back.
 */
@ApplicationScoped
class DeliveryRelay {
  private static final Logger LOG = Logger.getLogger(DeliveryRelay.class);

  /** Each holds a connection to the catalog while it sends. */
  private static final int LANES = 4;

  private static final int BEYOND_THE_SENDING_SECONDS = 30;

  @Inject EntityManager entities;
  @Inject Senders senders;
  @Inject NotificationConfig config;
  @Inject Clock clock;

  private final Lanes lanes = new Lanes("notify", LANES);
  private final Doorbell doorbell = new Doorbell("notification-relay", this::relay);

  private enum Step {
    NOTHING_DUE,
    ARRIVED,
    FAILED
  }

  /** While the catalog can still be reached. */
  void stop(@Observes(notifyObserver = Reception.IF_EXISTS) ShutdownEvent stopping) {
    doorbell.close();
    lanes.close();
  }

  void committed(
      @Observes(during = TransactionPhase.AFTER_SUCCESS) Deliveries.NoticesWaiting waiting) {
    doorbell.ring();
  }

  @Scheduled(
      every = "{holdfast.notifications.tick}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void tick() {
    doorbell.ring();
  }

  private void relay() {
    due().forEach(target -> lanes.offer(target, this::deliverAll));
  }

  @SuppressWarnings("unchecked")
  private List<String> due() {
    return QuarkusTransaction.requiringNew()
        .call(
            () ->
                entities
                    .createNativeQuery(
                        "select distinct target from notification_delivery where state ="
                            + " 'PENDING' and next_at <= :now",
                        String.class)
                    .setParameter("now", clock.instant())
                    .getResultList());
  }

  void deliverAll(String target) {
    Step step = Step.ARRIVED;
    while (step == Step.ARRIVED) {
      step =
          QuarkusTransaction.requiringNew()
              .timeout((int) config.timeout().toSeconds() + BEYOND_THE_SENDING_SECONDS)
              .call(() -> deliverOne(target));
    }
  }

  @SuppressWarnings("unchecked")
  private Step deliverOne(String target) {
    List<DeliveryEntity> due =
        entities
            .createNativeQuery(
                "select * from notification_delivery where target = :target and state = 'PENDING'"
                    + " and next_at <= :now order by next_at, id limit 1 for update skip locked",
                DeliveryEntity.class)
            .setParameter("target", target)
            .setParameter("now", clock.instant())
            .getResultList();
    if (due.isEmpty()) {
      return Step.NOTHING_DUE;
    }
    DeliveryEntity row = due.getFirst();
    NotificationTargetEntity declared = NotificationTargetEntity.findById(target);
    if (declared == null) {
      givenUp(row, clock.instant(), forgotten(target));
      return Step.ARRIVED;
    }
    row.attempts++;
    try {
      row.answer =
          senders.send(declared.declared(), row.id.toString(), Wire.read(row.notice, Notice.class));
    } catch (NotSent e) {
      failed(row, e.problem());
      return Step.FAILED;
    }
    arrived(row);
    return Step.ARRIVED;
  }

  private void arrived(DeliveryEntity row) {
    Instant now = clock.instant();
    row.state = DeliveryEntity.DELIVERED;
    row.nextAt = null;
    row.finishedAt = now;
    row.problem = null;
    standing(row.target).ifPresent(standing -> standing.arrived(now));
  }

  private static void givenUp(DeliveryEntity row, Instant now, Problem because) {
    row.state = DeliveryEntity.FAILED;
    row.nextAt = null;
    row.finishedAt = now;
    row.problem = Wire.text(because);
  }

  private static Problem forgotten(String target) {
    return new Problem(
        "TARGET_FORGOTTEN",
        "the target '" + target + "' is not declared any more",
        "declare it again and send the delivery again",
        false);
  }

  private void failed(DeliveryEntity row, Problem because) {
    Instant now = clock.instant();
    LOG.warnf(
        "notification %s to '%s' did not arrive in attempt %d: %s",
        row.id, row.target, row.attempts, because.detail());
    row.problem = Wire.text(because);
    row.answer = null;
    if (now.isAfter(row.createdAt.plus(config.giveUpAfter()))) {
      givenUp(row, now, because);
    } else {
      row.nextAt = now.plus(Backoff.after(config.retryBackoff(), row.attempts));
    }
    standing(row.target)
        .ifPresent(
            standing -> {
              standing.failed(now, because);
              othersWait(row, now.plus(Backoff.after(config.retryBackoff(), standing.failures)));
            });
  }

  private void othersWait(DeliveryEntity tried, Instant until) {
    int waiting =
        entities
            .createNativeQuery(
                "update notification_delivery set next_at = :until where id in (select id from"
                    + " notification_delivery where target = :target and state = 'PENDING' and id"
                    + " <> :tried and next_at < :until for update skip locked)")
            .setParameter("until", until)
            .setParameter("target", tried.target)
            .setParameter("tried", tried.id)
            .executeUpdate();
    LOG.debugf("%d more wait for '%s' until %s", waiting, tried.target, until);
  }

  private static Optional<StandingEntity> standing(String target) {
    return StandingEntity.findByIdOptional(target, LockModeType.PESSIMISTIC_WRITE);
  }
}
