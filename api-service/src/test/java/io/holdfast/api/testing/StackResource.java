package io.holdfast.api.testing;

import io.holdfast.embedded.kafka.EmbeddedKafka;
import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
<<<<<<< HEAD
import io.holdfast.embedded.process.Folders;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
=======
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
>>>>>>> 04af1c2 (test(api): one backup from the request over real Kafka into the catalog)
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

<<<<<<< HEAD
/** A real catalog and a real broker for tests of the API, shared by all of them. */
public class StackResource implements QuarkusTestResourceLifecycleManager {
  /** The bootstrap admin key of the service under test. */
  public static final String ADMIN_KEY = "hfk_bootstrapkey_" + "A".repeat(43);

  private Path folder;
=======
/**
 * A catalog in real PostgreSQL and a real Kafka broker, with clocks set short: leases of 2 s,
 * commands valid for 4 s. Every class that asks for it in the same way shares one.
 */
public class StackResource implements QuarkusTestResourceLifecycleManager {
  /** An admin of everything. */
  public static final String ADMIN_KEY =
      "hfk_abcdefghij23_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

  public static final String PUBLIC_KEY = "test.signing.public-key";
  public static final String KAFKA_FOLDER = "test.kafka.folder";

>>>>>>> 04af1c2 (test(api): one backup from the request over real Kafka into the catalog)
  private PostgresServer catalog;
  private EmbeddedKafka kafka;

  @Override
  public Map<String, String> start() {
<<<<<<< HEAD
    folder = Folders.temporary("holdfast-api-test");
    Login login = new Login("postgres", "catalog-password");
    catalog =
        PostgresServer.create(
            PostgresInstall.newest(), folder.resolve("catalog"), login, Map.of("fsync", "off"));
    catalog.start();
    catalog.execute("create database holdfast");
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
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
    config.put(
        "holdfast.test.public-key",
        Base64.getEncoder().encodeToString(signing.getPublic().getEncoded()));
    return config;
=======
    try {
      Path folder = Files.createTempDirectory("holdfast-api-test");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      catalog =
          PostgresServer.create(
                  PostgresInstall.newest(),
                  folder.resolve("catalog"),
                  new Login("postgres", "catalog-password"),
                  Map.of())
              .start();
      catalog.execute("create database holdfast");
      kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
      return settings(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, String> settings(Path folder) {
    KeyPair signing = signingKey();
    Map<String, String> settings = new HashMap<>();
    settings.put("quarkus.datasource.jdbc.url", catalog.jdbcUrl("holdfast"));
    settings.put("quarkus.datasource.username", catalog.superuser().username());
    settings.put("quarkus.datasource.password", catalog.superuser().password());
    settings.put("kafka.bootstrap.servers", kafka.bootstrapServers());
    settings.put("holdfast.bootstrap-admin-key", ADMIN_KEY);
    settings.put("holdfast.signing.key-id", "test");
    settings.put("holdfast.signing.private-key", base64(signing.getPrivate().getEncoded()));
    settings.put(PUBLIC_KEY, base64(signing.getPublic().getEncoded()));
    settings.put(KAFKA_FOLDER, folder.resolve("kafka").toString());
    settings.put("holdfast.jobs.lease", "2s");
    settings.put("holdfast.jobs.accept-within", "4s");
    settings.put("holdfast.jobs.retry-backoff", "500ms");
    for (String noisy : new String[] {"kafka", "org.apache.kafka", "state.change.logger"}) {
      settings.put("quarkus.log.category.\"" + noisy + "\".level", "ERROR");
    }
    settings.put("quarkus.http.test-port", "0");
    settings.put("quarkus.management.test-port", "0");
    return settings;
  }

  private static KeyPair signingKey() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Ed25519 is part of every JDK", e);
    }
  }

  private static String base64(byte[] der) {
    return Base64.getEncoder().encodeToString(der);
>>>>>>> 04af1c2 (test(api): one backup from the request over real Kafka into the catalog)
  }

  @Override
  public void stop() {
    if (kafka != null) {
      kafka.close();
    }
    if (catalog != null) {
      catalog.close();
    }
<<<<<<< HEAD
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
=======
>>>>>>> 04af1c2 (test(api): one backup from the request over real Kafka into the catalog)
  }
}
