package io.holdfast.worker.job;

import io.holdfast.model.wire.Topics;
import io.holdfast.model.wire.TraceParent;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.eclipse.microprofile.reactive.messaging.Message;

/**
 * A record as it came.
 *
 * @param value null for a tombstone
 * @param keyId,signature null when the record does not carry them
 * @param trace null when it carries none that can be read
 */
record CommandRecord(
    String topic, String key, byte[] value, String keyId, String signature, TraceParent trace) {

  static CommandRecord of(Message<byte[]> message) {
    IncomingKafkaRecordMetadata<?, ?> metadata =
        message.getMetadata(IncomingKafkaRecordMetadata.class).orElseThrow();
    Object key = metadata.getKey();
    return new CommandRecord(
        metadata.getTopic(),
        key == null ? null : key.toString(),
        message.getPayload(),
        text(metadata.getHeaders(), Topics.KEY_ID_HEADER),
        text(metadata.getHeaders(), Topics.SIGNATURE_HEADER),
        TraceParent.parse(text(metadata.getHeaders(), Topics.TRACE_HEADER)).orElse(null));
  }

  private static String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }
}
