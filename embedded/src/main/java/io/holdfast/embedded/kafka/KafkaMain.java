package io.holdfast.embedded.kafka;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * The broker as a process of its own, so that a test can kill it: {@code KafkaMain <folder>
 * <port>}. It runs until it is killed.
 */
public final class KafkaMain {
  private KafkaMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    EmbeddedKafka kafka =
        EmbeddedKafka.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
    System.out.println("ready " + kafka.bootstrapServers());
    new CountDownLatch(1).await();
  }
}
