package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.demo.RestCalls.Answer;
import io.holdfast.embedded.Stack;
import io.holdfast.embedded.fault.Direction;
import io.holdfast.embedded.fault.Fault;
import io.holdfast.embedded.fault.FaultProxy;
import io.holdfast.embedded.junit.RequiresPostgres;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.system.Ledger.Commit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What expires, and what does not, while others read and recover. */
class ExpirationTest {
  private static final String PHYSICAL = "{\"method\":\"PHYSICAL\"}";
  private static final String LOGICAL = "{\"method\":\"LOGICAL\"}";
  private final Fleet fleet = Fleet.shared();

  @Test
  void recoveryWorksFromEveryBaseThatStaysWhenWalHasExpired() throws Exception {
    try (PostgresCluster cluster =
        fleet.startCluster(kind -> kind.standbys(0).setting("archive_mode", "on"))) {
      PostgresServer primary = cluster.primary();
      String name =
          fleet.declareArchived(cluster, fleet.filesystemRepository(), "\"mode\":\"PUSH\"");
      Retentions retention = new Retentions(fleet, name);
      try (Ledger ledger = new Ledger(fleet.superuser(cluster))) {
        ledger.write(2);
        Archivers.endSegment(primary);
        String oldest = fleet.backedUp(name, PHYSICAL);
        Archivers.endSegment(primary);
        Archivers.endSegment(primary);
        String middle = fleet.backedUp(name, PHYSICAL);
        Archivers.endSegment(primary);
        String newest = fleet.backedUp(name, PHYSICAL);
        ledger.stop();
        List<Commit> commits = ledger.commits();
        Archivers.awaitArchived(primary, Archivers.endSegment(primary));
        awaitWindows(name, 3);
        retention.age(oldest, 40);
        retention.age(middle, 20);
        retention.declare(Retentions.LITTLE);
        ArchivedWal wal = ArchivedWal.inFiles(fleet, name);
        int before = wal.segments().size();

        assertThat(retention.expiring()).containsExactly(oldest);
        JsonNode expired = retention.expire();

        assertThat(expired.path("wal")).as(expired.toString()).hasSize(1);
        String start =
            primary.queryText(
                "select pg_walfile_name('"
                    + fleet.api().get("/backups/" + middle).path("wal").path("startLsn").asText()
                    + "')");
        assertThat(wal.segments().firstKey()).isEqualTo(start);
        assertThat(wal.segments()).hasSizeLessThan(before);
        awaitWindows(name, 2);
        JsonNode windows = fleet.api().get("/clusters/" + name + "/recovery-windows");
        assertThat(windows.path("gaps")).as(windows.toString()).isEmpty();
        Recoveries recoveries = new Recoveries(fleet, cluster);
        recoveries.assertHoldsAll(middle, "\"type\":\"LATEST\"", commits);
        recoveries.assertHoldsAll(newest, "\"type\":\"LATEST\"", commits);
        assertThat(fleet.api().get("/backups/" + oldest).path("state").asText())
            .isEqualTo("EXPIRED");
      } finally {
        Archivers.end(cluster);
      }
    }
  }

  @Test
  @Tag("slow")
  @RequiresPostgres(value = 17, program = "pg_combinebackup")
  void removesNothingThatSlowJobsOfOtherWorkersRead() {
    PostgresInstall newest = PostgresInstall.allIncremental().getFirst();
    // Four jobs hang at once: one worker must be left to expire beside them.
    try (Fleet fleet = Fleet.own(3);
        PostgresCluster cluster =
            fleet.startCluster(
                kind -> kind.standbys(0).install(newest).setting("summarize_wal", "on"));
        FaultProxy proxy = FaultProxy.to("127.0.0.1", fleet.stack().s3().port())) {
      fleet.fillMegabytes(cluster, 3);
      String repository = fleet.s3RepositoryAt("http://" + proxy.endpoint());
      String name = fleet.declare(cluster, repository);
      Retentions retention = new Retentions(fleet, name);
      String first = fleet.backedUp(name, PHYSICAL);
      String verified = fleet.backedUp(name, PHYSICAL);
      String restored = fleet.backedUp(name, PHYSICAL);
      String parent = fleet.backedUp(name, PHYSICAL);
      String copied = fleet.backedUp(name, PHYSICAL);
      String free = fleet.backedUp(name, PHYSICAL);
      fleet.backedUp(name, PHYSICAL);
      retention.declare(Retentions.LITTLE);
      retention.declareMaxRunningJobs(6);
      assertThat(retention.expiring())
          .containsExactlyInAnyOrder(verified, restored, parent, copied, free);

      proxy.set(new Fault.StallAfter(Direction.TO_CLIENT, 20_000));
      String verification =
          fleet.start("/backups/" + verified + "/verifications", "{\"level\":\"CHECKSUM\"}");
      Path directory = new Recoveries(fleet, cluster).fresh();
      String restore =
          fleet.start(
              "/restores",
              "{\"backupId\":\""
                  + restored
                  + "\",\"physical\":{\"directory\":\""
                  + directory
                  + "\"}}");
      String copy =
          fleet.start(
              "/backups/" + copied + "/copies",
              "{\"repository\":\"" + fleet.filesystemRepository() + "\"}");
      String incremental =
          fleet.backup(
              name,
              "{\"method\":\"PHYSICAL\",\"physical\":{\"type\":\"INCREMENTAL\",\"parent\":\""
                  + parent
                  + "\"}}");
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> proxy.fired() > 0);
      // Who expires reaches the store by another way than those who wait for it.
      Answer moved =
          fleet
              .api()
              .call(
                  "PUT",
                  "/repositories/" + repository,
                  Declarations.s3RepositoryJson(fleet.stack().s3().endpoint()),
                  "If-Match",
                  "*");
      assertThat(moved.status()).as(moved.text()).isEqualTo(200);

      assertThat(retention.delete(verified, "").body().path("code").asText()).isEqualTo("in-use");
      JsonNode expired = retention.expire();

      assertThat(expired.path("backups")).as(expired.toString()).hasSize(1);
      assertThat(expired.path("backups").get(0).asText()).isEqualTo(free);
      Path store = fleet.stack().s3().folderOf(Stack.BUCKET);
      assertThat(Retentions.objects(store, name, free)).containsExactly("expired.json");
      proxy.pass();
      for (String job : List.of(verification, restore, copy, incremental)) {
        JsonNode ended = fleet.finish(job);
        assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
      }

      // The parent has a child now, one is proven, and one has nobody any more.
      assertThat(retention.delete(parent, "").body().path("code").asText())
          .isEqualTo("has-dependents");
      assertThat(retention.expiring()).contains(restored, copied).doesNotContain(parent, verified);
      retention.expire();
      // It lives on where its copy lies.
      assertThat(fleet.backupsOf(name))
          .extracting(backup -> backup.path("id").asText())
          .contains(first, parent, verified, copied)
          .doesNotContain(restored, free);
      assertThat(fleet.api().get("/backups/" + copied).path("repository").asText())
          .isEqualTo(fleet.filesystemRepository());
      fleet.assertAlwaysTrue(name);
    }
  }

  @Test
  void aBackupThatSomebodyHoldsOrThatIsTheLastOneIsNotDeletedByHand() {
    try (PostgresCluster cluster = fleet.startCluster(0)) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      Retentions retention = new Retentions(fleet, name);
      String held = fleet.backedUp(name, LOGICAL);
      String last = fleet.backedUp(name, LOGICAL);
      String hold =
          fleet
              .api()
              .post("/backups/" + held + "/holds", "{\"kind\":\"LEGAL\",\"reason\":\"case 7\"}")
              .path("id")
              .asText();

      assertThat(retention.delete(held, "").body().path("code").asText()).isEqualTo("held");
      String lift = "/backups/" + held + "/holds/" + hold;
      assertThat(fleet.api().call("DELETE", lift, null).status()).isEqualTo(422);
      assertThat(fleet.api().call("DELETE", lift + "?reason=settled", null).status())
          .isEqualTo(204);
      Answer gone = retention.delete(held, "?wait=50");

      assertThat(gone.status()).as(gone.text()).isEqualTo(200);
      assertThat(Retentions.objects(fleet.stack().repositoriesRoot().resolve("files"), name, held))
          .containsExactly("expired.json");
      assertThat(
              fleet
                  .api()
                  .call("POST", "/backups/" + held + "/verifications", "{\"level\":\"CHECKSUM\"}")
                  .body()
                  .path("code")
                  .asText())
          .isEqualTo("backup-expired");
      assertThat(retention.delete(last, "").body().path("code").asText()).isEqualTo("last-backup");
      fleet.assertAlwaysTrue(name);
    }
  }

  private void awaitWindows(String cluster, int bases) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> fleet.api().get("/clusters/" + cluster + "/recovery-windows").path("windows"),
            windows -> windows.size() == bases);
  }
}
