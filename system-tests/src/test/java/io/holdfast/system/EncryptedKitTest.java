package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.Stack;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Account;
import io.holdfast.embedded.process.Folders;
import io.holdfast.embedded.s3.EmbeddedS3;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Recovery kits of encrypted clusters, in both kinds, with a chain, a dump and WAL: printed, then
 * the whole control plane goes, and their commands bring the data back with the keys alone.
 */
@Tag("slow")
class EncryptedKitTest {
  private static final String ROWS = "SELECT string_agg(n::text, ',' ORDER BY n) FROM step";

  @Test
  void bringsTheDataBackWithTheKeysWhenTheControlPlaneIsGone() throws Exception {
    Path folder = Folders.temporary("kits");
    Map<String, PostgresCluster> sources = new LinkedHashMap<>();
    Map<String, String> kits = new LinkedHashMap<>();
    Fleet fleet = Fleet.own(1);
    String access = fleet.stack().s3().accessKey();
    String secret = fleet.stack().s3().secretKey();
    // A store that outlives the stack.
    try (EncryptionKeys keys = EncryptionKeys.make();
        EmbeddedS3 store =
            EmbeddedS3.start(folder.resolve("s3"), 0, access, secret).bucket(Stack.BUCKET)) {
      String repository = fleet.s3RepositoryAt(store.endpoint());
      for (String type : new String[] {"ENVELOPE", "OPENPGP"}) {
        sources.put(type, start(fleet));
        kits.put(type, backedUp(fleet, sources.get(type), repository, keys, type));
        Archivers.end(sources.get(type));
      }

      fleet.stack().close();

      Map<String, String> held =
          new HashMap<>(Map.of("AWS_ACCESS_KEY_ID", access, "AWS_SECRET_ACCESS_KEY", secret));
      held.putAll(keys.forAccountOf(sources.get("ENVELOPE").primary().data()));
      for (String type : sources.keySet()) {
        Path place = Account.forPostgres().createPrivate(folder.resolve(type));
        PrintedKit kit = new PrintedKit(kits.get(type), place);
        bringsBack(kit, repository, held, sources.get(type));
        assertThat(kit.text())
            .doesNotContain(secret)
            .contains(type.equals("ENVELOPE") ? "Data key" : keys.gpg().fingerprint("auditor"));
      }
    } finally {
      sources.values().forEach(PostgresCluster::close);
      fleet.close();
      Folders.delete(folder);
    }
  }

  private static PostgresCluster start(Fleet fleet) {
    PostgresInstall install = PostgresInstall.all().getFirst();
    return fleet.startCluster(
        kind -> {
          kind.standbys(0).install(install).setting("archive_mode", "on");
          return install.major() >= 17 ? kind.setting("summarize_wal", "on") : kind;
        });
  }

  /** A dump, a chain and WAL behind it; the kit. */
  private static String backedUp(
      Fleet fleet, PostgresCluster source, String repository, EncryptionKeys keys, String type)
      throws Exception {
    PostgresServer primary = source.primary();
    String name = fleet.declareEncrypted(source, repository, "\"mode\":\"PUSH\"", keys, type);
    primary.execute("CREATE TABLE step (n int)", "INSERT INTO step VALUES (1)");
    String unusedDump = fleet.backedUp(name, "{\"method\":\"LOGICAL\"}");
    String unusedBase = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
    primary.execute("INSERT INTO step VALUES (2)");
    if (primary.install().major() >= 17) {
      String unusedIncrement =
          fleet.backedUp(name, "{\"method\":\"PHYSICAL\",\"physical\":{\"type\":\"INCREMENTAL\"}}");
    }
    primary.execute("INSERT INTO step VALUES (3)");
    Archivers.awaitArchived(primary, Archivers.endSegment(primary));
    return fleet
        .api()
        .call("GET", "/clusters/" + name + "/recovery-kit", null, "Accept", "text/plain")
        .text();
  }

  private static void bringsBack(
      PrintedKit kit, String repository, Map<String, String> keys, PostgresCluster source)
      throws Exception {
    PostgresServer server = source.primary();
    Path latest = kit.run(repository, "point-in-time", keys, server);
    try (PostgresServer copy = PostgresServer.open(latest, source.superuser()).start()) {
      assertThat(copy.queryText(ROWS)).isEqualTo("1,2,3");
    }
    Path base = kit.run(repository, "physical", keys, server);
    try (PostgresServer copy = PostgresServer.open(base, source.superuser()).start()) {
      assertThat(copy.queryText(ROWS)).startsWith("1").doesNotContain("3");
    }
    server.execute("DROP TABLE step");
    Path unused = kit.run(repository, "logical", keys, server);
    assertThat(server.queryText(ROWS)).isEqualTo("1");
  }
}
