package io.holdfast.api.notification;

import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import org.jboss.logging.Logger;

/** Deletes deliveries that have been over for long. */
@ApplicationScoped
class DeliveryPurge {
  private static final Logger LOG = Logger.getLogger(DeliveryPurge.class);

  @Inject NotificationConfig config;
  @Inject Clock clock;

  @Scheduled(
      every = "10m",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  @Transactional
  void purge() {
    long gone = DeliveryEntity.delete("finishedAt < ?1", clock.instant().minus(config.kept()));
    LOG.debugf("%d deliveries are forgotten", gone);
  }
}
