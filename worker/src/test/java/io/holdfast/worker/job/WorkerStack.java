package io.holdfast.worker.job;

import io.holdfast.embedded.kafka.EmbeddedKafka;
import io.holdfast.embedded.process.Folders;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;

/** A broker, a signing key and a credentials file for a worker under test. */
public final class WorkerStack implements QuarkusTestResourceLifecycleManager {
  static final String POOL = "inner";
  static final String KEY_ID = "test-1";
  static final KeyPair KEYS = ed25519();
  static Path folder;
  static EmbeddedKafka kafka;

  @Override
  public Map<String, String> start() {
    folder = Folders.temporary("holdfast-worker-test");
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    return Map.of(
        "kafka.bootstrap.servers",
        kafka.bootstrapServers(),
        "holdfast.worker.id",
        "worker-under-test",
        "holdfast.worker.pool",
        POOL,
        "holdfast.worker.trusted-keys." + KEY_ID,
        Base64.getEncoder().encodeToString(KEYS.getPublic().getEncoded()),
        "holdfast.worker.credentials-file",
        credentials().toString(),
        "quarkus.management.test-port",
        "0");
  }

  private static Path credentials() {
    String text =
        """
        databases: {}
        repositories: {}
        roots:
          repositories: ["%s"]
          restores: ["%s"]
        """
            .formatted(folder.resolve("repositories"), folder.resolve("restores"));
    try {
      Files.createDirectories(folder.resolve("repositories"));
      return Files.writeString(folder.resolve("credentials.yaml"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void stop() {
    kafka.close();
    Folders.delete(folder);
  }

  static KeyPair ed25519() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
