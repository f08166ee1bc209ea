package io.holdfast.worker.job;

import io.holdfast.model.event.HoldfastEvent;
import io.holdfast.model.wire.Wire;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;

/** Events to {@code holdfast.events}. */
@ApplicationScoped
class KafkaEventSender implements EventSender {
  private final MutinyEmitter<byte[]> emitter;

  KafkaEventSender(
      @Channel("events") @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER)
          MutinyEmitter<byte[]> emitter) {
    this.emitter = emitter;
  }

  @Override
  public CompletionStage<Void> send(String key, HoldfastEvent event) {
    // The stream behind an emitter wants one caller at a time.
    synchronized (emitter) {
      return emitter
          .sendMessage(
              Message.of(Wire.bytes(event))
                  .addMetadata(OutgoingKafkaRecordMetadata.<String>builder().withKey(key).build()))
          .subscribeAsCompletionStage();
    }
  }
}
