package io.holdfast.api.testing;

import io.holdfast.embedded.kafka.EmbeddedKafka;
import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import io.holdfast.embedded.s3.ServerCertificate;
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

  /** Where a test finds the key store of a server that this service trusts, for 127.0.0.1. */
  public static final String TRUSTED_KEY_STORE = "holdfast.test.trusted-key-store";

  private Path folder;
  private PostgresServer catalog;
  private EmbeddedKafka kafka;
  private int kafkaPort;
  private IssuerServer issuers;

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
    issuers = new IssuerServer();
    config.putAll(oidc(issuers));
    // Clocks set short: leases of 2 s, commands valid for 4 s.
    config.put("holdfast.jobs.lease", "2s");
    config.put("holdfast.jobs.accept-within", "4s");
    config.put("holdfast.jobs.retry-backoff", "500ms");
    config.put("holdfast.metrics.interval", "1s");
    config.put("holdfast.retention.look-interval", "2s");
    config.put("holdfast.copies.interval", "1s");
    config.put("holdfast.copies.retry-backoff", "1s");
    config.put("holdfast.copies.wal-interval", "1s");
    ServerCertificate certificate = ServerCertificate.in(folder);
    config.put(TRUSTED_KEY_STORE, certificate.keyStore().toString());
    config.put(
        "holdfast.notifications.certificate-authority-file", certificate.authority().toString());
    config.put("quarkus.tls.serving.key-store.p12.path", certificate.keyStore().toString());
    config.put("quarkus.tls.serving.key-store.p12.password", ServerCertificate.PASSWORD);
    config.put("quarkus.http.tls-configuration-name", "serving");
    config.put("quarkus.http.test-ssl-port", "0");
    config.put("holdfast.notifications.allowed-destinations", "127.0.0.1,127.0.0.3");
    config.put("holdfast.notifications.retry-backoff", "200ms");
    config.put("holdfast.notifications.timeout", "2s");
    config.put("holdfast.secret.hook-key", "whsec_aG9va2V5");
    config.put("holdfast.secret.mail-login", "mail-word");
    config.put(SECRETS, folder.resolve("secrets").toString());
    // Tests tick by clocks of their own.
    config.put("holdfast.schedules.tick", "off");
    config.put("holdfast.archive.announce-interval", "2s");
    config.put("holdfast.archive.observe-interval", "2s");
    for (String noisy : new String[] {"kafka", "org.apache.kafka", "state.change.logger"}) {
      config.put("quarkus.log.category.\"" + noisy + "\".level", "ERROR");
    }
    return config;
  }

  /** A CI platform, a company's own issuer, and one that never answers. */
  private static Map<String, String> oidc(IssuerServer issuers) {
    Map<String, String> config = new HashMap<>();
    for (String name : new String[] {"ci", "corp", "away"}) {
      config.put("issuers." + name + ".issuer", issuers.url(name));
      config.put("issuers." + name + ".audience", TestIssuer.AUDIENCE);
    }
    config.put("issuers.corp.jwks-url", issuers.url("corp") + "/jwks");
    rule(config, "ci.rules.main", "viewer,operator", "of-main");
    config.put("issuers.ci.rules.main.claims.repository", "acme/orders");
    config.put("issuers.ci.rules.main.claims.ref", "refs/heads/main");
    rule(config, "ci.rules.fleet-main", "admin", "*");
    config.put("issuers.ci.rules.fleet-main.claims.repository", "acme/database-fleet");
    config.put("issuers.ci.rules.fleet-main.claims.ref", "refs/heads/main");
    rule(config, "ci.rules.fleet-plan", "viewer", "*");
    config.put("issuers.ci.rules.fleet-plan.claims.repository", "acme/database-fleet");
    rule(config, "corp.rules.dba", "admin", "*");
    config.put("issuers.corp.rules.dba.claims.groups", "dba");
    for (String role : new String[] {"viewer", "operator", "restorer", "admin"}) {
      rule(config, "corp.rules." + role, role, "*");
      config.put("issuers.corp.rules." + role + ".claims.groups", "role-" + role);
    }
    rule(config, "away.rules.any", "viewer", "*");
    config.put("issuers.away.rules.any.claims.sub", "s");
    config.put("keys-asked-every", "1s");
    Map<String, String> prefixed = new HashMap<>();
    config.forEach((key, value) -> prefixed.put("holdfast.oidc." + key, value));
    return prefixed;
  }

  private static void rule(Map<String, String> config, String rule, String roles, String clusters) {
    config.put("issuers." + rule + ".roles", roles);
    config.put("issuers." + rule + ".clusters", clusters);
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
    if (issuers != null) {
      issuers.close();
    }
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
