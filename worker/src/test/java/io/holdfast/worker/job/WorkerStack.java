package io.holdfast.worker.job;

import io.holdfast.embedded.kafka.EmbeddedKafka;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.SecretRef;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.repository.RepositorySpec;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A broker, a signing key and a credentials file for a worker under test. */
public final class WorkerStack implements QuarkusTestResourceLifecycleManager {
  static final String POOL = "inner";
  static final String KEY_ID = "test-1";
  static final KeyPair KEYS = ed25519();
  static Path folder;
  static EmbeddedKafka kafka;
  static PostgresCluster postgres;

  @Override
  public Map<String, String> start() {
    folder = Folders.temporary("holdfast-worker-test");
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    postgres = PostgresCluster.in(folder.resolve("postgres")).standbys(1).start();
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
        "holdfast.worker.postgres-directories",
        PostgresInstall.directories(),
        "quarkus.management.test-port",
        "0");
  }

  static ClusterSpec cluster() {
    return new ClusterSpec(
        "orders",
        List.of(
            new NodeSpec("pg-1", postgres.primary().host(), postgres.primary().port()),
            new NodeSpec("pg-2", postgres.standby(0).host(), postgres.standby(0).port())),
        new SecretRef("orders-db"),
        "disable",
        "postgres",
        null,
        null);
  }

  static RepositorySpec repository() {
    return new FilesystemRepositorySpec("disk", folder.resolve("repositories/disk").toString());
  }

  private static Path credentials() {
    String text =
        """
        databases:
          orders-db: { username: "%s", password: "%s", endpoints: ["%s", "%s"] }
        repositories: {}
        roots:
          repositories: ["%s"]
          restores: ["%s"]
        """
            .formatted(
                postgres.backupLogin().username(),
                postgres.backupLogin().password(),
                postgres.primary().endpoint(),
                postgres.standby(0).endpoint(),
                folder.resolve("repositories"),
                folder.resolve("restores"));
    try {
      Files.createDirectories(folder.resolve("repositories"));
      return Files.writeString(folder.resolve("credentials.yaml"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void stop() {
    postgres.close();
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
