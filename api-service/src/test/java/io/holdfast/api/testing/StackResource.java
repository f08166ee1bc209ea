package io.holdfast.api.testing;

import io.holdfast.embedded.kafka.EmbeddedKafka;
import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** A real catalog and a real broker for tests of the API, shared by all of them. */
public class StackResource implements QuarkusTestResourceLifecycleManager {
  /** The bootstrap admin key of the service under test. */
  public static final String ADMIN_KEY = "hfk_bootstrapkey_" + "A".repeat(43);

  /** Where a test finds the key that verifies commands. */
  public static final String PUBLIC_KEY = "holdfast.test.public-key";

  /** The folder in which a test may lay secrets. */
  public static final String SECRETS = "holdfast.secrets-directory";

  private Path folder;
  private PostgresServer catalog;
  private EmbeddedKafka kafka;
  private int kafkaPort;

  @Override
  public Map<String, String> start() {
    folder = Folders.temporary("holdfast-api-test");
    Login login = new Login("postgres", "catalog-password");
    catalog =
        PostgresServer.create(
            PostgresInstall.newest(), folder.resolve("catalog"), login, Map.of("fsync", "off"));
    catalog.start();
    catalog.execute("create database holdfast");
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    kafkaPort = kafka.port();
    KeyPair signing = signingKey();
    Map<String, String> config = new HashMap<>();
    config.put("quarkus.datasource.jdbc.url", catalog.jdbcUrl("holdfast"));
    config.put("quarkus.datasource.username", login.username());
    config.put("quarkus.datasource.password", login.password());
    config.put("kafka.bootstrap.servers", kafka.bootstrapServers());
    config.put("quarkus.http.test-port", "0");
    config.put("quarkus.management.test-port", "0");
    config.put("holdfast.bootstrap-admin-key", ADMIN_KEY);
    config.put("holdfast.signing.key-id", "test");
    config.put(
        "holdfast.signing.private-key",
        Base64.getEncoder().encodeToString(signing.getPrivate().getEncoded()));
    config.put(PUBLIC_KEY, Base64.getEncoder().encodeToString(signing.getPublic().getEncoded()));
    // Clocks set short: leases of 2 s, commands valid for 4 s.
    config.put("holdfast.jobs.lease", "2s");
    config.put("holdfast.jobs.accept-within", "4s");
    config.put("holdfast.jobs.retry-backoff", "500ms");
    config.put("holdfast.metrics.interval", "1s");
    config.put("holdfast.retention.look-interval", "2s");
    config.put("holdfast.copies.interval", "1s");
    config.put("holdfast.copies.retry-backoff", "1s");
    config.put("holdfast.copies.wal-interval", "1s");
    config.put("holdfast.notifications.allowed-destinations", "127.0.0.1");
    config.put("holdfast.notifications.retry-backoff", "200ms");
    config.put("holdfast.notifications.timeout", "2s");
    config.put("holdfast.secret.hook-key", "whsec_aG9va2V5");
    config.put(SECRETS, folder.resolve("secrets").toString());
    config.put("holdfast.archive.announce-interval", "2s");
    config.put("holdfast.archive.observe-interval", "2s");
    for (String noisy : new String[] {"kafka", "org.apache.kafka", "state.change.logger"}) {
      config.put("quarkus.log.category.\"" + noisy + "\".level", "ERROR");
    }
    return config;
  }

  /** Stops the broker, or starts it again with the records that it had. */
  final void broker(boolean up) {
    if (up) {
      kafka = EmbeddedKafka.start(folder.resolve("kafka"), kafkaPort);
    } else {
      kafka.close();
    }
  }

  @Override
  public void stop() {
    if (kafka != null) {
      kafka.close();
    }
    if (catalog != null) {
      catalog.close();
    }
    if (folder != null) {
      Folders.delete(folder);
    }
  }

  private static KeyPair signingKey() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
