package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.junit.RequiresPostgres;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import io.holdfast.system.Ledger.Commit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What changed since the backup before, and the whole of it again. */
class IncrementalBackupTest {
  private static final int FIRST_MAJOR = PostgresInstall.FIRST_INCREMENTAL;
  private static final String FULL = "{\"method\":\"PHYSICAL\"}";
  private static final String INCREMENTAL =
      "{\"method\":\"PHYSICAL\",\"physical\":{\"type\":\"INCREMENTAL\"}}";
  private static final String OR_FULL =
      "{\"method\":\"PHYSICAL\",\"physical\":{\"type\":\"INCREMENTAL\",\"otherwise\":\"FULL\"}}";

  private final Fleet fleet = Fleet.shared();

  @Test
  @RequiresPostgres(before = FIRST_MAJOR)
  void anOlderServerRefusesItInPlainWordsOrIsBackedUpWholeAsTheRequestSays() {
    PostgresInstall older = PostgresInstall.allBeforeIncremental().getFirst();
    try (PostgresCluster cluster = fleet.startCluster(kind -> kind.standbys(0).install(older))) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      String first = fleet.backedUp(name, FULL);

      JsonNode refused = fleet.finish(fleet.backup(name, INCREMENTAL));
      assertThat(refused.path("state").asText()).isEqualTo("FAILED");
      assertThat(refused.path("problem").path("detail").asText())
          .as(refused.toString())
          .contains("17");

      String whole = fleet.backedUp(name, OR_FULL);
      assertThat(whole).isNotEqualTo(first);
      assertThat(fleet.api().get("/backups/" + whole).hasNonNull("parent")).isFalse();
    }
  }

  @Test
  @Tag("slow")
  @RequiresPostgres(value = FIRST_MAJOR, program = "pg_combinebackup")
  void aChainTakenUnderLoadComesBackAndNotWithoutAMember() throws Exception {
    PostgresInstall newest = PostgresInstall.allIncremental().getFirst();
    try (PostgresCluster cluster =
        fleet.startCluster(
            kind -> kind.standbys(0).install(newest).setting("summarize_wal", "on"))) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      Databases source = fleet.superuser(cluster);
      List<String> chain = new ArrayList<>();
      List<List<Commit>> before = new ArrayList<>();
      try (Ledger ledger = new Ledger(source)) {
        ledger.write(3);
        for (String kind : List.of(FULL, INCREMENTAL, INCREMENTAL)) {
          before.add(ledger.commits());
          chain.add(fleet.backedUp(name, kind));
        }
        ledger.stop();
      }
      chain.add(fleet.backedUp(name, INCREMENTAL));

      for (int i = 1; i < chain.size(); i++) {
        assertThat(fleet.api().get("/backups/" + chain.get(i)).path("parent").asText())
            .isEqualTo(chain.get(i - 1));
      }
      assertThat(transfersIn(cluster, chain.get(3)))
          .containsExactlyInAnyOrderElementsOf(Ledger.transfersIn(source));
      assertThat(transfersIn(cluster, chain.get(2)))
          .containsAll(before.get(2).stream().map(Commit::id).toList());

      Folders.delete(
          fleet
              .stack()
              .repositoriesRoot()
              .resolve("files/clusters/" + name + "/backups/" + chain.get(1)));
      Path target = fleet.restoreRoot().resolve(name + "-broken");
      JsonNode refused = fleet.finish(fleet.start("/restores", restore(chain.get(3), target)));
      assertThat(refused.path("state").asText()).as(refused.toString()).isEqualTo("FAILED");
      assertThat(refused.path("problem").path("detail").asText()).contains(chain.get(1));
      assertThat(target).doesNotExist();
    }
  }

  private List<Integer> transfersIn(PostgresCluster source, String backup) throws Exception {
    Path directory = fleet.restoreRoot().resolve(backup).resolve("data");
    JsonNode restored = fleet.finish(fleet.start("/restores", restore(backup, directory)));
    assertThat(restored.path("state").asText()).as(restored.toString()).isEqualTo("SUCCEEDED");
    try (PostgresServer copy = fleet.openRestored(directory, source)) {
      return Ledger.transfersIn(Databases.of(copy));
    } finally {
      Folders.delete(directory.getParent());
    }
  }

  private static String restore(String backup, Path directory) {
    return "{\"backupId\":\"" + backup + "\",\"physical\":{\"directory\":\"" + directory + "\"}}";
  }
}
