package io.holdfast.embedded.kafka;

import io.holdfast.embedded.process.Ports;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/**
 * A Kafka broker with its own controller (KRaft) on 127.0.0.1. Topics are created when first used.
 *
 * <p>Its folder outlives it: started again on the same folder it has the same topics, records and
 * committed offsets. {@link #close()} shuts down in order; a killed one recovers at the next start.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private static final int PARTITIONS = 3;

  private final KafkaRaftServer server;
  private final int port;

  private EmbeddedKafka(KafkaRaftServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Starts it; it accepts clients when this returns.
   *
   * @param port 0 for a free one
   */
  public static EmbeddedKafka start(Path folder, int port) {
    int clients = port == 0 ? Ports.free() : port;
    try {
      Path logs = Files.createDirectories(folder.resolve("logs")).toRealPath();
      if (!Files.exists(logs.resolve("meta.properties"))) {
        format(logs);
      }
      KafkaRaftServer server =
          new KafkaRaftServer(
              new KafkaConfig(settings(logs, clients, Ports.free()), false), Time.SYSTEM);
      server.startup();
      return new EmbeddedKafka(server, clients);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create " + folder, e);
    } catch (Exception e) {
      throw new IllegalStateException("Kafka on port " + clients + " did not start", e);
    }
  }

  private static void format(Path logs) throws Exception {
    new Formatter()
        .setPrintStream(new PrintStream(PrintStream.nullOutputStream()))
        .setSupportedFeatures(Arrays.asList(Feature.PRODUCTION_FEATURES.toArray(new Feature[0])))
        .setNodeId(1)
        .setClusterId(Uuid.randomUuid().toString())
        .setControllerListenerName("CONTROLLER")
        .setMetadataLogDirectory(logs.toString())
        .addDirectory(logs.toString())
        .run();
  }

  private static Map<String, Object> settings(Path logs, int clients, int controller) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put(
        "listeners", "PLAINTEXT://127.0.0.1:" + clients + ",CONTROLLER://127.0.0.1:" + controller);
    settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + clients);
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("log.dirs", logs.toString());
    settings.put("auto.create.topics.enable", "true");
    settings.put("num.partitions", Integer.toString(PARTITIONS));
    settings.put("default.replication.factor", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "4");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "1");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    // A killed broker may come back when its last session is over: after 4 s instead of 9.
    settings.put("broker.session.timeout.ms", "4000");
    settings.put("broker.heartbeat.interval.ms", "1000");
    // A test's consumer may give up fast, so that its successor need not wait for the default 6 s.
    settings.put("group.min.session.timeout.ms", "1000");
    // The default of 128 MB is the broker's idle heap, for a cleaner with next to nothing to clean.
    settings.put("log.cleaner.dedupe.buffer.size", "2097152");
    return settings;
  }

  /** {@code 127.0.0.1:<port>}, for {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
