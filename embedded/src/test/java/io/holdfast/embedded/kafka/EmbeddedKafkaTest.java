package io.holdfast.embedded.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.process.Folders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class EmbeddedKafkaTest {
  @Test
  void keepsRecordsAndCommittedOffsetsOverARestartOnTheSamePort() throws Exception {
    Path folder = Folders.temporary("kafka");
    try {
      int port;
      try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0)) {
        port = kafka.port();
        produce(kafka, "first", "second");
        assertThat(consume(kafka, 2)).containsExactlyInAnyOrder("first", "second");
        produce(kafka, "third");
      }
      try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, port)) {
        assertThat(kafka.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
        assertThat(consume(kafka, 1)).containsExactly("third");
      }
    } finally {
      Folders.delete(folder);
    }
  }

  private static void produce(EmbeddedKafka kafka, String... values) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      for (String value : values) {
        assertThat(producer.send(new ProducerRecord<>("topic", value, value)).get()).isNotNull();
      }
    }
  }

  private static List<String> consume(EmbeddedKafka kafka, int wanted) {
    List<String> values = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "group.id",
                "group",
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                "false"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.subscribe(List.of("topic"));
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (values.size() < wanted && System.nanoTime() < end) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
      }
      consumer.commitSync();
    }
    return values;
  }
}
