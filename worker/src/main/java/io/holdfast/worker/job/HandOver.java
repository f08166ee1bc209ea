package io.holdfast.worker.job;

import io.holdfast.model.wire.Topics;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;
import org.jboss.logging.Logger;

/**
 * Passes a command that this worker has no room for to a partition that another worker of the pool
 * reads, byte for byte, so that its signature stays good and its expiry stays the same. Kafka deals
 * out partitions and not records: without this, whatever follows a full worker's command waits with
 * it while others are idle (ADR 6).
 */
@ApplicationScoped
class HandOver {
  static final String WORKER_HEADER = "holdfast-handed-over-by";

  private static final Logger LOG = Logger.getLogger(HandOver.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final MutinyEmitter<byte[]> emitter;
  private final KafkaClientService kafka;
  private final WorkerIdentity identity;

  HandOver(
      @Channel("handed-over") @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER)
          MutinyEmitter<byte[]> emitter,
      KafkaClientService kafka,
      WorkerIdentity identity) {
    this.emitter = emitter;
    this.kafka = kafka;
    this.identity = identity;
  }

  /**
   * @return whether the broker has the copy, so that the record may be acknowledged; false when
   *     this worker reads every partition, or when the broker did not take it
   */
  boolean offer(CommandRecord record) throws InterruptedException {
    try {
      Optional<Integer> partition = readByAnother(record.topic());
      if (partition.isEmpty()) {
        return false;
      }
      var sent = emitter.sendMessage(copy(record, partition.get())).subscribeAsCompletionStage();
      Void unused = sent.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      LOG.infof("no room for %s: handed over to partition %d", record.key(), partition.get());
      return true;
    } catch (ExecutionException | TimeoutException | KafkaException away) {
      // The copy may be there all the same: two runs of one attempt are told apart by their claim.
      LOG.warnf("no room for %s, and it cannot be handed over: %s", record.key(), away);
      return false;
    }
  }

  private Optional<Integer> readByAnother(String topic)
      throws InterruptedException, ExecutionException, TimeoutException {
    Set<TopicPartition> mine =
        kafka
            .getConsumer("commands")
            .getAssignments()
            .subscribeAsCompletionStage()
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    Function<Producer<String, byte[]>, List<PartitionInfo>> ask =
        producer -> producer.partitionsFor(topic);
    List<PartitionInfo> all =
        kafka
            .<String, byte[]>getProducer("handed-over")
            .runOnSendingThread(ask)
            .subscribeAsCompletionStage()
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    List<Integer> others =
        all.stream()
            .map(PartitionInfo::partition)
            .filter(partition -> !mine.contains(new TopicPartition(topic, partition)))
            .toList();
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(others.get(ThreadLocalRandom.current().nextInt(others.size())));
  }

  private Message<byte[]> copy(CommandRecord record, int partition) {
    RecordHeaders headers = new RecordHeaders();
    headers.add(Topics.SIGNATURE_HEADER, bytes(record.signature()));
    headers.add(Topics.KEY_ID_HEADER, bytes(record.keyId()));
    if (record.trace() != null) {
      headers.add(Topics.TRACE_HEADER, bytes(record.trace().text()));
    }
    headers.add(WORKER_HEADER, bytes(identity.id()));
    return Message.of(record.value())
        .addMetadata(
            OutgoingKafkaRecordMetadata.<String>builder()
                .withTopic(record.topic())
                .withKey(record.key())
                .withPartition(partition)
                .withHeaders(headers)
                .build());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
