package io.holdfast.api.projection;

import io.holdfast.api.hearing.RecordedOffsets;
import io.holdfast.api.trace.Traces;
import io.holdfast.model.event.HoldfastEvent;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.wire.Topics;
import io.holdfast.model.wire.TraceParent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.KafkaRecord;
import io.smallrye.reactive.messaging.kafka.KafkaRecordBatch;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.header.Header;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/**
 * Takes events from Kafka, in their order, as many in one transaction as one poll brought, and
 * never stops: what cannot be read or recorded goes to the dead letters, what fails because the
 * catalog is away is tried again until it is back. Offsets are committed only after the events'
 * transaction.
 */
@ApplicationScoped
public class JobEventConsumer {
  private static final Logger LOG = Logger.getLogger(JobEventConsumer.class);
  private static final int TRIES = 3;
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  @Inject JobProjection projection;
  @Inject MeterRegistry metrics;
  @Inject Traces traces;
  @Inject Clock clock;
  @Inject RecordedOffsets offsets;

  private final ExecutorService recording =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("events").factory());

  /** Each result has its counter from the start: one that is not there cannot be watched. */
  void start(@Observes StartupEvent starting) {
    for (JobProjection.Taken taken : JobProjection.Taken.values()) {
      counter(taken.metric()).increment(0);
    }
    counter("ignored").increment(0);
    counter("dead_letter").increment(0);
  }

  void stop(@Observes ShutdownEvent stopping) {
    var unused = recording.shutdownNow();
  }

  @Incoming("events")
  @Acknowledgment(Acknowledgment.Strategy.MANUAL)
  public Uni<Void> consume(KafkaRecordBatch<String, byte[]> batch) {
    return Uni.createFrom()
        .item(batch)
        .emitOn(recording)
        .map(taken -> record(taken.getRecords()))
        .chain(failures -> settle(batch, failures));
  }

  /** To the dead letters what did not become rows, and the rest is done with. */
  private Uni<Void> settle(
      KafkaRecordBatch<String, byte[]> batch, Map<KafkaRecord<String, byte[]>, Throwable> failed) {
    return Multi.createFrom()
        .iterable(failed.entrySet())
        .onItem()
        .transformToUniAndConcatenate(
            entry -> Uni.createFrom().completionStage(() -> entry.getKey().nack(entry.getValue())))
        .collect()
        .last()
        .invoke(() -> remember(batch))
        .chain(() -> Uni.createFrom().completionStage(batch::ack));
  }

  private void remember(KafkaRecordBatch<String, byte[]> batch) {
    batch
        .getLatestOffsetRecords()
        .forEach(
            (partition, record) ->
                record
                    .getMetadata(IncomingKafkaRecordMetadata.class)
                    .ifPresent(read -> offsets.recorded(partition, read.getOffset())));
  }

  /** Records all of them; those that nobody can record, with the reason. */
  private Map<KafkaRecord<String, byte[]>, Throwable> record(
      List<KafkaRecord<String, byte[]>> records) {
    Map<KafkaRecord<String, byte[]>, Throwable> failed = new LinkedHashMap<>();
    Map<KafkaRecord<String, byte[]>, HoldfastEvent> events = new LinkedHashMap<>();
    for (KafkaRecord<String, byte[]> record : records) {
      try {
        Optional<HoldfastEvent> event = EventReader.read(record.getPayload());
        event.ifPresentOrElse(found -> events.put(record, found), () -> count("ignored"));
      } catch (EventReader.Poison poison) {
        LOG.errorf("an unreadable event goes to the dead letters: %s", poison.getMessage());
        failed.put(record, poison);
      }
    }
    Instant from = clock.instant();
    if (!recordTogether(new ArrayList<>(events.values()))) {
      events.forEach(
          (record, event) -> recordAlone(event).ifPresent(reason -> failed.put(record, reason)));
    }
    failed.keySet().forEach(record -> count("dead_letter"));
    events.forEach((record, event) -> trace(record, event, from));
    return failed;
  }

  /** How a job went on, as the last part of its trace; how far it is would be too much of it. */
  private void trace(KafkaRecord<String, byte[]> record, HoldfastEvent event, Instant from) {
    Header header = record.getHeaders().lastHeader(Topics.TRACE_HEADER);
    if (header == null || !(event instanceof JobEvent) || event instanceof JobEvent.Progressed) {
      return;
    }
    TraceParent.parse(new String(header.value(), StandardCharsets.US_ASCII))
        .filter(TraceParent::sampled)
        .ifPresent(
            said ->
                traces.recorded(
                    "record " + event.getClass().getSimpleName(), said, from, clock.instant()));
  }

  private boolean recordTogether(List<HoldfastEvent> events) {
    try {
      projection.take(events).forEach(taken -> count(taken.metric()));
      return true;
    } catch (RuntimeException e) {
      LOG.warnf("%d events are recorded one by one: %s", events.size(), e.getMessage());
      return false;
    }
  }

  private Optional<Throwable> recordAlone(HoldfastEvent event) {
    for (int attempt = 1; ; attempt++) {
      try {
        projection.take(List.of(event)).forEach(taken -> count(taken.metric()));
        return Optional.empty();
      } catch (RuntimeException e) {
        if (!CatalogOutage.isOne(e) && attempt >= TRIES) {
          LOG.errorf(e, "event %s goes to the dead letters", event);
          return Optional.of(e);
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
    counter(result).increment();
  }

  private Counter counter(String result) {
    return metrics.counter("holdfast.events", "result", result);
  }
}
