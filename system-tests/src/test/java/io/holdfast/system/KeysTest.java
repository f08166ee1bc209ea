package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that are replaced, taken away, wrong or leaked, as the whole system sees it. */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
class KeysTest {
  private static final String VARIABLE = "HOLDFAST_TEST_KEY";
  private static final String ROWS = "SELECT string_agg(n::text, ',' ORDER BY n) FROM step";
  private static final String LATEST = "\"type\":\"LATEST\"";
  private static final String FULL = "{\"method\":\"PHYSICAL\"}";
  private static final String INCREMENTAL =
      "{\"method\":\"PHYSICAL\",\"physical\":{\"type\":\"INCREMENTAL\"}}";
  private static final String FROM_ENVIRONMENT =
      "{\"type\":\"ENVELOPE\",\"envelope\":{\"key\":\"from-environment\"}}";

  private Fleet fleet;
  private EncryptionKeys keys;

  @BeforeAll
  void start() throws Exception {
    fleet = Fleet.own(stack -> stack.workers(2).workerEnvironment(VARIABLE, newKey()));
    keys = EncryptionKeys.make();
    fleet.keys(all -> all.envelopeKeyFromEnvironment("from-environment", VARIABLE));
  }

  @AfterAll
  void stop() {
    fleet.close();
    keys.close();
  }

  private static String newKey() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  private PostgresCluster startArchiving() {
    PostgresInstall install = PostgresInstall.all().getFirst();
    return fleet.startCluster(
        kind -> {
          kind.standbys(0).install(install).setting("archive_mode", "on");
          return install.major() >= 17 ? kind.setting("summarize_wal", "on") : kind;
        });
  }

  private String declare(PostgresCluster source, String type) throws Exception {
    return fleet.declareEncrypted(
        source, fleet.filesystemRepository(), "\"mode\":\"PUSH\"", keys, type);
  }

  /** Until everything that was written is archived, and the service knows of a window. */
  private void archive(String cluster, PostgresServer primary) {
    Archivers.awaitArchived(primary, Archivers.endSegment(primary));
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                !fleet
                    .api()
                    .get("/clusters/" + cluster + "/recovery-windows")
                    .path("windows")
                    .isEmpty());
  }

  @Test
  void aKeyIsReplacedByOneOfTheEnvironmentAndOldAndNewComeBackWithoutTheOldOne() throws Exception {
    try (PostgresCluster source = startArchiving()) {
      PostgresServer primary = source.primary();
      String name = declare(source, "ENVELOPE");
      primary.execute("CREATE TABLE step (n int)", "INSERT INTO step VALUES (1)");
      String old = fleet.backedUp(name, FULL);
      String oldDump = fleet.backedUp(name, "{\"method\":\"LOGICAL\"}");
      primary.execute("INSERT INTO step VALUES (2)");
      archive(name, primary);

      fleet.encryptedWith(name, FROM_ENVIRONMENT);
      String young = fleet.backedUp(name, FULL);
      primary.execute("INSERT INTO step VALUES (3)");
      archive(name, primary);
      succeeded("/clusters/" + name + "/key-rotations", "{}");
      fleet.keys(all -> all.withoutKey("kek"));

      Recoveries recoveries = new Recoveries(fleet, source);
      assertThat(recoveries.ask(old, LATEST, ROWS)).isEqualTo("1,2,3");
      assertThat(recoveries.ask(young, LATEST, ROWS)).isEqualTo("1,2,3");
      verified(oldDump, "RESTORE");

      fleet.keys(all -> all.withoutKey("from-environment"));
      Path nowhere = recoveries.fresh();
      JsonNode refused = fleet.finish(recoveries.begin(young, LATEST, nowhere));
      assertThat(refused.path("problem").path("code").asText())
          .as(refused.toString())
          .isEqualTo("KEY_UNAVAILABLE");
      assertThat(nowhere).doesNotExist();
      Archivers.end(source);
    } finally {
      fleet.keys(all -> all.envelopeKeyFromEnvironment("from-environment", VARIABLE));
    }
  }

  @Test
  void keysThatCannotBeUsedAreFoundByACheckAndBeforeTheFirstByteOfABackup() throws Exception {
    Path folder = Folders.temporary("bad-keys");
    try (PostgresCluster source = fleet.startCluster(0)) {
      String name = fleet.declare(source, fleet.filesystemRepository());
      keys.gpg().generate("withdrawn", "", "never");
      keys.gpg().revoke("withdrawn");
      keys.gpg().generateExpired("outlived");
      fleet.keys(
          all -> {
            keys.into(all);
            for (String bad : List.of("withdrawn", "outlived")) {
              all.openPgpKey(
                  bad,
                  keys.gpg().exportPublic(bad, folder.resolve(bad + ".public")),
                  null,
                  null,
                  false);
            }
            all.envelopeKey("gone", folder.resolve("nowhere.key"))
                .envelopeKey("short", write(folder.resolve("short.key"), "c2hvcnQ=\n"))
                .envelopeKeyFromEnvironment("unset", "HOLDFAST_TEST_NO_SUCH_VARIABLE");
          });
      List<String> envelope = List.of("gone", "short", "unset", "never-heard-of");
      List<String> openPgp = List.of("withdrawn", "outlived", "never-heard-of");

      for (String key : envelope) {
        refused(
            name,
            "{\"type\":\"ENVELOPE\",\"envelope\":{\"key\":\"" + key + "\"}}",
            key,
            "KEY_UNAVAILABLE");
      }
      for (String key : openPgp) {
        refused(
            name,
            "{\"type\":\"OPENPGP\",\"openPgp\":{\"recipients\":[\"auditor\",\""
                + key
                + "\"],\"signer\":\"signer\"}}",
            key,
            key.equals("never-heard-of") ? "KEY_UNAVAILABLE" : "KEY_REFUSED");
      }
    } finally {
      fleet.keys(
          all ->
              List.of("gone", "short", "unset", "withdrawn", "outlived").forEach(all::withoutKey));
      Folders.delete(folder);
    }
  }

  private void refused(String cluster, String encryption, String key, String code) {
    fleet.encryptedWith(cluster, encryption);

    JsonNode checked = fleet.finish(fleet.start("/clusters/" + cluster + "/checks", "{}"));
    JsonNode backup = fleet.finish(fleet.backup(cluster, "{\"method\":\"LOGICAL\"}"));

    assertThat(checked.path("result").path("findings"))
        .as("%s: %s", key, checked)
        .extracting(found -> found.path("check").asText(), found -> found.path("outcome").asText())
        .contains(tuple("keys", "FAILED"));
    assertThat(backup.path("problem").path("code").asText())
        .as("%s: %s", key, backup)
        .isEqualTo(code);
    assertThat(backup.path("problem").path("detail").asText()).contains(key);
    assertThat(folderOf(cluster).resolve("backups")).as(key).doesNotExist();
  }

  @Test
  void anotherKeyOfTheSameNameIsFoundBeforeARestoreWritesAnything() throws Exception {
    Path folder = Folders.temporary("other-key");
    try (PostgresCluster source = fleet.startCluster(0)) {
      String name = fleet.declare(source, fleet.filesystemRepository(), true);
      fleet.keys(keys::into);
      fleet.encryptedWith(name, EncryptionKeys.json("ENVELOPE"));
      String backup = fleet.backedUp(name, FULL);
      fleet.keys(all -> all.envelopeKey("kek", write(folder.resolve("kek"), newKey() + "\n")));
      Recoveries recoveries = new Recoveries(fleet, source);
      Path nowhere = recoveries.fresh();

      JsonNode refused =
          fleet.finish(recoveries.begin(backup, "\"type\":\"END_OF_BACKUP\"", nowhere));

      assertThat(refused.path("problem").path("code").asText())
          .as(refused.toString())
          .isEqualTo("KEY_REFUSED");
      assertThat(nowhere).doesNotExist();
    } finally {
      fleet.keys(keys::into);
      Folders.delete(folder);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ENVELOPE", "OPENPGP"})
  void anEncryptedChainIsVerifiedDrilledAndBroughtBack(String type) throws Exception {
    fleet.keys(keys::into);
    try (PostgresCluster source = startArchiving()) {
      PostgresServer primary = source.primary();
      String name = declare(source, type);
      primary.execute("CREATE TABLE step (n int)", "INSERT INTO step VALUES (1)");
      List<String> chain = new ArrayList<>(List.of(fleet.backedUp(name, FULL)));
      boolean incremental = source.primary().install().major() >= 17;
      for (int n = 2; incremental && n <= 3; n++) {
        primary.execute("INSERT INTO step VALUES (" + n + ")");
        chain.add(fleet.backedUp(name, INCREMENTAL));
      }
      primary.execute("INSERT INTO step VALUES (4)");
      archive(name, primary);
      String expected = primary.queryText(ROWS);

      verified(chain.getLast(), "RESTORE");
      JsonNode drill =
          fleet.finish(
              fleet.start(
                  "/clusters/" + name + "/drills",
                  "{\"backupId\":\""
                      + chain.getLast()
                      + "\",\"target\":{"
                      + LATEST
                      + "},\"assertions\":[{\"name\":\"steps\",\"database\":\"postgres\",\"sql\":\""
                      + ROWS
                      + "\",\"expected\":\""
                      + expected
                      + "\"}]}"));

      assertThat(drill.path("state").asText()).as(drill.toString()).isEqualTo("SUCCEEDED");
      assertThat(drill.path("result").path("backupId").asText()).isEqualTo(chain.getLast());
      assertThat(new Recoveries(fleet, source).ask(chain.getLast(), LATEST, ROWS))
          .isEqualTo(expected);
      Archivers.end(source);
    }
  }

  @Test
  void aLeakedKeyIsLeftBehindWhicheverMomentTheWorkersAreKilledAt() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("KeysTest: seed " + seed);
    Random random = new Random(seed);
    fleet.keys(keys::into);
    try (PostgresCluster source = startArchiving()) {
      PostgresServer primary = source.primary();
      String name = declare(source, "ENVELOPE");
      fleet.fillMegabytes(source, 40);
      primary.execute("CREATE TABLE step (n int)", "INSERT INTO step VALUES (1)");
      List<String> first = new ArrayList<>(List.of(fleet.backedUp(name, FULL)));
      primary.execute("INSERT INTO step VALUES (2)");
      if (primary.install().major() >= 17) {
        first.add(fleet.backedUp(name, INCREMENTAL));
      }
      primary.execute("INSERT INTO step VALUES (3)");
      archive(name, primary);
      fleet.encryptedWith(name, FROM_ENVIRONMENT);

      List<String> second = new ArrayList<>();
      for (String backup : first) {
        JsonNode done = killedInTheMiddle("/backups/" + backup + "/reencryptions", random);
        second.add(done.path("result").path("backupId").asText());
      }
      JsonNode wal = killedInTheMiddle("/clusters/" + name + "/wal-reencryptions", random);
      primary.execute("INSERT INTO step VALUES (4)");
      archive(name, primary);
      assertThat(wal.path("result").path("findings").path(0).path("outcome").asText())
          .as(wal.toString())
          .isEqualTo("OK");
      assertThat(fleet.backupsOf(name)).hasSize(2 * first.size());
      fleet.keys(all -> all.withoutKey("kek"));
      JsonNode removed =
          fleet.finish(
              fleet
                  .api()
                  .call("DELETE", "/backups/" + first.getFirst() + "?dependents=true", null)
                  .body()
                  .path("id")
                  .asText());

      assertThat(removed.path("state").asText()).as(removed.toString()).isEqualTo("SUCCEEDED");
      for (String backup : second) {
        verified(backup, "RESTORE");
        assertThat(new Recoveries(fleet, source).ask(backup, LATEST, ROWS)).isEqualTo("1,2,3,4");
      }
      Archivers.end(source);
    } finally {
      fleet.keys(keys::into);
    }
  }

  /** The job in its terminal state, a good one, after the worker that ran it was killed. */
  private JsonNode killedInTheMiddle(String path, Random random) {
    String job = fleet.start(path, "{}");
    fleet.awaitRunning(job);
    LockSupport.parkNanos(random.nextLong(1_500_000_000L));
    int killed = fleet.workerOf(job);
    fleet.stack().killWorker(killed);
    JsonNode ended = fleet.finish(job);
    fleet.stack().restartWorker(killed);
    assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
    return ended;
  }

  private void succeeded(String path, String json) {
    JsonNode ended = fleet.finish(fleet.start(path, json));
    assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
  }

  private void verified(String backup, String level) {
    succeeded("/backups/" + backup + "/verifications", "{\"level\":\"" + level + "\"}");
  }

  private Path folderOf(String cluster) {
    return fleet.stack().repositoriesRoot().resolve("files/clusters/" + cluster);
  }

  private static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
