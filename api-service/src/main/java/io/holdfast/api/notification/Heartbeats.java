package io.holdfast.api.notification;

import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.hearing.EventsHeard;
import io.holdfast.api.job.Backoff;
import io.holdfast.api.job.JobsConfig;
import io.holdfast.api.recoverability.BreachedClusters;
import io.holdfast.model.JobId;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Sends heartbeats while all is well, each from one replica: a due one is locked while it is sent.
 * That the catalog answers is shown by the lock itself, that workers are heard is asked, and the
 * clusters that it covers must meet their recovery points. Whatever stops this service stops them.
 */
@ApplicationScoped
class Heartbeats {
  private static final Logger LOG = Logger.getLogger(Heartbeats.class);
  private static final int LANES = 2;
  private static final int BEYOND_THE_SENDING_SECONDS = 30;

  /** How soon it is looked again whether all is well. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  @Inject EntityManager entities;
  @Inject Senders senders;
  @Inject EventsHeard events;
  @Inject BreachedClusters breaches;
  @Inject ClusterService clusters;
  @Inject JobsConfig jobs;
  @Inject NotificationConfig config;
  @Inject Clock clock;

  private final Lanes lanes = new Lanes("heartbeat", LANES);

  void stop(@Observes(notifyObserver = Reception.IF_EXISTS) ShutdownEvent stopping) {
    lanes.close();
  }

  @Scheduled(
      every = "{holdfast.notifications.tick}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void tick() {
    due().forEach(target -> lanes.offer(target, this::beat));
  }

  @SuppressWarnings("unchecked")
  private List<String> due() {
    return QuarkusTransaction.requiringNew()
        .call(
            () ->
                entities
                    .createNativeQuery(
                        "select target from notification_standing where next_ping_at <= :now",
                        String.class)
                    .setParameter("now", clock.instant())
                    .getResultList());
  }

  private void beat(String target) {
    QuarkusTransaction.requiringNew()
        .timeout((int) config.timeout().toSeconds() + BEYOND_THE_SENDING_SECONDS)
        .run(() -> beatIfDue(target));
  }

  @SuppressWarnings("unchecked")
  private void beatIfDue(String target) {
    List<StandingEntity> due =
        entities
            .createNativeQuery(
                "select * from notification_standing where target = :target and next_ping_at <="
                    + " :now for update skip locked",
                StandingEntity.class)
            .setParameter("target", target)
            .setParameter("now", clock.instant())
            .getResultList();
    NotificationTargetEntity declared = NotificationTargetEntity.findById(target);
    if (due.isEmpty() || declared == null || declared.declared().heartbeat() == null) {
      return;
    }
    HeartbeatTarget heartbeat = declared.declared().heartbeat();
    StandingEntity standing = due.getFirst();
    Optional<String> reason = notWell(heartbeat);
    if (reason.isPresent()) {
      withhold(standing, heartbeat, reason.get());
      return;
    }
    try {
      String unused = senders.ping(heartbeat, JobId.next(clock).value());
      standing.arrived(clock.instant());
      standing.nextPingAt = clock.instant().plus(heartbeat.intervalOrDefault());
    } catch (NotSent e) {
      failed(standing, heartbeat, e);
    }
  }

  private void withhold(StandingEntity standing, HeartbeatTarget heartbeat, String reason) {
    if (standing.withheld == null) {
      LOG.warnf("heartbeat '%s' is withheld: %s", standing.target, reason);
    }
    standing.withheld = reason;
    standing.nextPingAt = clock.instant().plus(shorter(LOOK_AGAIN, heartbeat.intervalOrDefault()));
  }

  /** Tried again soon: the other side counts the time since the last one that arrived. */
  private void failed(StandingEntity standing, HeartbeatTarget heartbeat, NotSent because) {
    Instant now = clock.instant();
    LOG.warnf("heartbeat '%s' did not arrive: %s", standing.target, because.getMessage());
    standing.withheld = null;
    standing.failed(now, because.problem());
    Duration soon = Backoff.after(config.retryBackoff(), standing.failures);
    standing.nextPingAt = now.plus(shorter(soon, heartbeat.intervalOrDefault()));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Why it must not be sent; empty: all is well. */
  private Optional<String> notWell(HeartbeatTarget heartbeat) {
    if (events.judgeableUpTo(jobs.lease()).isEmpty()) {
      return Optional.of("Workers cannot be heard.");
    }
    List<String> breached =
        breaches.names().stream()
            .filter(
                cluster ->
                    Route.concerns(
                        heartbeat.clusters(),
                        heartbeat.labels(),
                        cluster,
                        clusters.labels(cluster)))
            .toList();
    return breached.isEmpty()
        ? Optional.empty()
        : Optional.of("More may be lost than allowed: " + named(breached) + ".");
  }

  private static String named(List<String> clusters) {
    int shown = Math.min(clusters.size(), 5);
    String more = clusters.size() > shown ? " and " + (clusters.size() - shown) + " more" : "";
    return String.join(", ", clusters.subList(0, shown)) + more;
  }
}
