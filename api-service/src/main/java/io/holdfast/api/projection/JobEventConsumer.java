package io.holdfast.api.projection;

import io.holdfast.model.event.HoldfastEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/**
 * Takes events from Kafka, one at a time per replica, and never stops: what cannot be read or
 * recorded goes to the dead letters, what fails because the catalog is away is tried again until it
 * is back. An offset is committed only after the event's transaction.
 */
@ApplicationScoped
public class JobEventConsumer {
  private static final Logger LOG = Logger.getLogger(JobEventConsumer.class);
  private static final int TRIES = 3;
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  @Inject JobProjection projection;
  @Inject MeterRegistry metrics;

  @Incoming("events")
  @Blocking
  public void consume(byte[] value) {
    Optional<HoldfastEvent> event;
    try {
      event = EventReader.read(value);
    } catch (EventReader.Poison poison) {
      count("dead_letter");
      LOG.errorf("an unreadable event goes to the dead letters: %s", poison.getMessage());
      throw poison;
    }
    if (event.isEmpty()) {
      count("ignored");
      return;
    }
    record(event.get());
  }

  private void record(HoldfastEvent event) {
    for (int attempt = 1; ; attempt++) {
      try {
        count(projection.take(event).metric());
        return;
      } catch (RuntimeException e) {
        if (!CatalogOutage.isOne(e) && attempt >= TRIES) {
          count("dead_letter");
          LOG.errorf(e, "event %s goes to the dead letters", event);
          throw e;
        }
        LOG.warnf("event not recorded, try %d: %s", attempt, e.getMessage());
        pause(attempt);
      }
    }
  }

  /** Keeps the records behind this one waiting, which is what their order asks for. */
  private static void pause(int attempt) {
    long millis = Math.min(LONGEST_PAUSE.toMillis(), 50L << Math.min(attempt, 10));
    LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    if (Thread.currentThread().isInterrupted()) {
      throw new IllegalStateException("stopping; the event is read again after the restart");
    }
  }

  private void count(String result) {
    metrics.counter("holdfast.events", "result", result).increment();
  }
}
