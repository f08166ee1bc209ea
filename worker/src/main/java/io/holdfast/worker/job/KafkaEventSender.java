package io.holdfast.worker.job;

import io.holdfast.model.event.HoldfastEvent;
import io.holdfast.model.wire.Topics;
import io.holdfast.model.wire.TraceParent;
import io.holdfast.model.wire.Wire;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.header.internals.RecordHeaders;
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
    return send(key, event, null);
  }

  @Override
  public CompletionStage<Void> send(String key, HoldfastEvent event, TraceParent trace) {
    RecordHeaders headers = new RecordHeaders();
    if (trace != null) {
      headers.add(Topics.TRACE_HEADER, trace.text().getBytes(StandardCharsets.US_ASCII));
    }
    // The stream behind an emitter wants one caller at a time.
    synchronized (emitter) {
      return emitter
          .sendMessage(
              Message.of(Wire.bytes(event))
                  .addMetadata(
                      OutgoingKafkaRecordMetadata.<String>builder()
                          .withKey(key)
                          .withHeaders(headers)
                          .build()))
          .subscribeAsCompletionStage();
    }
  }
}
