package io.holdfast.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.model.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * The topic of events as a stranger reads it.
 *
 * @param bootstrap of the broker
 */
record EventsTopic(String bootstrap) {
  /** Every record that is of a type and names a job, as text, read from the beginning. */
  List<String> records(String type, String jobId) {
    List<String> found = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.EVENTS).stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(at -> consumer.position(at) < ends.get(at))) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(record -> found.add(new String(record.value(), UTF_8)));
      }
    }
    return found.stream().filter(event -> event.contains(type) && event.contains(jobId)).toList();
  }
}
