package io.holdfast.api.hearing;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Asks the broker how far the replicas of this service, together, have recorded the events topic.
 * An offset is committed after its event's transaction, so what the group has committed is in the
 * catalog whichever replica read it.
 */
@ApplicationScoped
public class EventsHeard {
  private static final Logger LOG = Logger.getLogger(EventsHeard.class);
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  @Inject Clock clock;
  @Inject MeterRegistry metrics;
  @Inject RecordedOffsets recordedHere;
  @Inject KafkaClientService clients;

  @Inject
  @Identifier("default-kafka-broker")
  Map<String, Object> kafka;

  @ConfigProperty(name = "mp.messaging.incoming.events.topic")
  String topic;

  @ConfigProperty(name = "mp.messaging.incoming.events.group.id")
  String group;

  private final Hearing hearing = new Hearing();
  private Admin admin;
  private boolean deaf;
  private volatile Instant heardUpTo;

  @PostConstruct
  void start() {
    heardUpTo = clock.instant();
    metrics.gauge("holdfast.events.heard.timestamp.seconds", this, EventsHeard::heardUpToSeconds);
  }

  synchronized void stop(@Observes(notifyObserver = Reception.IF_EXISTS) ShutdownEvent stopping) {
    if (admin != null) {
      admin.close(Duration.ZERO);
      admin = null;
    }
  }

  /** Asks the broker, for a few seconds at most; then as {@link Hearing#judgeableUpTo}. */
  public synchronized Optional<Instant> judgeableUpTo(Duration grace) {
    Instant at = clock.instant();
    try {
      look(at);
      if (deaf) {
        LOG.info("the events topic can be read again");
      }
      deaf = false;
    } catch (ExecutionException | KafkaException away) {
      hearing.unreachable();
      if (!deaf) {
        LOG.warnf("workers cannot be heard, no lease runs out meanwhile: %s", away.getMessage());
      }
      deaf = true;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    return hearing.judgeableUpTo(grace);
  }

  private void look(Instant at) throws ExecutionException, InterruptedException {
    if (admin == null) {
      admin = Admin.create(settings());
    }
    Map<TopicPartition, OffsetSpec> last = new HashMap<>();
    Map<TopicPartition, OffsetSpec> first = new HashMap<>();
    for (TopicPartition partition : partitions()) {
      last.put(partition, OffsetSpec.latest());
      first.put(partition, OffsetSpec.earliest());
    }
    var end = admin.listOffsets(last).all();
    var beginning = admin.listOffsets(first).all();
    var committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata();
    hearing.looked(at, offsets(end.get()), recorded(beginning.get(), committed.get()));
    commitAgain(committed.get());
    heardUpTo = hearing.heardUpTo().orElse(heardUpTo);
  }

  /** Not waited for: the next look sees what came of it. */
  private void commitAgain(Map<TopicPartition, OffsetAndMetadata> committed) {
    Map<TopicPartition, OffsetAndMetadata> lost = recordedHere.ahead(committed);
    if (!lost.isEmpty()) {
      clients
          .getConsumer("events")
          .commitAsync(lost)
          .subscribe()
          .with(
              nothing -> LOG.debugf("committed again: %s", lost),
              e -> LOG.warnf("offsets cannot be committed again: %s", e.getMessage()));
    }
  }

  /** Empty when nobody has said anything since the broker was set up. */
  private Set<TopicPartition> partitions() throws ExecutionException, InterruptedException {
    try {
      TopicDescription found =
          admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
      return found.partitions().stream()
          .map(partition -> new TopicPartition(topic, partition.partition()))
          .collect(Collectors.toSet());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Set.of();
      }
      throw e;
    }
  }

  private static Offsets offsets(Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> of) {
    return new Offsets(
        of.entrySet().stream()
            .collect(Collectors.toMap(e -> e.getKey().partition(), e -> e.getValue().offset())));
  }

  /** What the broker has dropped by its retention cannot be read any more and counts as read. */
  private Offsets recorded(
      Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> beginning,
      Map<TopicPartition, OffsetAndMetadata> committed) {
    Map<Integer, Long> recorded = new HashMap<>(offsets(beginning).byPartition());
    committed.forEach(
        (partition, offset) -> {
          if (offset != null && partition.topic().equals(topic)) {
            recorded.merge(partition.partition(), offset.offset(), Math::max);
          }
        });
    return new Offsets(recorded);
  }

  private Map<String, Object> settings() {
    Map<String, Object> settings = new HashMap<>();
    kafka.forEach(
        (name, value) -> {
          if (AdminClientConfig.configNames().contains(name)) {
            settings.put(name, value);
          }
        });
    settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "holdfast-hearing");
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    return settings;
  }

  private double heardUpToSeconds() {
    return heardUpTo.toEpochMilli() / 1e3;
  }
}
