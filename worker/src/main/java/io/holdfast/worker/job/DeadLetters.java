package io.holdfast.worker.job;

import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;

/** Records that are no commands, kept as they came on {@code holdfast.dead-letters}. */
@ApplicationScoped
class DeadLetters {
  static final String REASON_HEADER = "holdfast-dead-letter-reason";
  static final String TOPIC_HEADER = "holdfast-dead-letter-topic";
  static final String WORKER_HEADER = "holdfast-dead-letter-worker";

  private final MutinyEmitter<byte[]> emitter;
  private final WorkerIdentity identity;

  DeadLetters(
      @Channel("dead-letters") @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER)
          MutinyEmitter<byte[]> emitter,
      WorkerIdentity identity) {
    this.emitter = emitter;
    this.identity = identity;
  }

  /**
   * @return completes when the broker has it
   */
  CompletionStage<Void> bury(CommandRecord record, String reason) {
    RecordHeaders headers = new RecordHeaders();
    headers.add(REASON_HEADER, reason.getBytes(StandardCharsets.UTF_8));
    headers.add(TOPIC_HEADER, record.topic().getBytes(StandardCharsets.UTF_8));
    headers.add(WORKER_HEADER, identity.id().getBytes(StandardCharsets.UTF_8));
    synchronized (emitter) {
      return emitter
          .sendMessage(
              Message.of(record.value() == null ? new byte[0] : record.value())
                  .addMetadata(
                      OutgoingKafkaRecordMetadata.<String>builder()
                          .withKey(record.key())
                          .withHeaders(headers)
                          .build()))
          .subscribeAsCompletionStage();
    }
  }
}
