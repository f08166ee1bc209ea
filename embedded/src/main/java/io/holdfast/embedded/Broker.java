package io.holdfast.embedded;

import io.holdfast.embedded.kafka.EmbeddedKafka;
import io.holdfast.embedded.kafka.KafkaMain;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The stack's Kafka: in this JVM, or as a process of its own when a test means to kill it. */
public final class Broker extends Part {
  Broker(Path folder, int port, boolean ownProcess) {
    super("kafka", folder, port, ownProcess);
  }

  @Override
  AutoCloseable startHere() {
    return EmbeddedKafka.start(folder().resolve("data"), port());
  }

  @Override
  Program program() {
    return new Program(
        KafkaMain.class.getName(),
        List.of(folder().resolve("data").toString(), Integer.toString(port())),
        Map.of());
  }
}
