package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A segment in the repository that is gone or not what its name says, met by a restore. */
@Tag("slow")
class DamagedWalTest {
  private final Fleet fleet = Fleet.shared();

  @Test
  void endsNoRecoveryEarlyAndOpensNothing() throws Exception {
    try (PostgresCluster cluster =
        fleet.startCluster(
            kind -> kind.standbys(0).segmentMegabytes(1).setting("archive_mode", "on"))) {
      PostgresServer primary = cluster.primary();
      String name =
          fleet.declareArchived(cluster, fleet.filesystemRepository(), "\"mode\":\"PUSH\"");
      primary.execute("create table step (n int)");
      String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
      for (int i = 1; i <= 8; i++) {
        primary.execute("insert into step values (" + i + ")");
        Archivers.awaitArchived(primary, Archivers.endSegment(primary));
      }
      Archivers.end(cluster);
      List<Path> segments = List.copyOf(ArchivedWal.inFiles(fleet, name).segments().values());
      Path victim = segments.get(segments.size() - 4);
      byte[] sound = Files.readAllBytes(victim);
      byte[] flipped = sound.clone();
      flipped[flipped.length / 2] ^= 1;
      Recoveries recoveries = new Recoveries(fleet, cluster);

      Files.delete(victim);
      Path nothing = recoveries.fresh();
      JsonNode refused = fleet.finish(recoveries.begin(backup, "\"type\":\"LATEST\"", nothing));
      assertThat(refused.path("problem").path("code").asText())
          .as(refused.toString())
          .isEqualTo("TARGET_UNREACHABLE");
      assertThat(nothing).doesNotExist();

      byte[] swapped = Files.readAllBytes(segments.get(segments.size() - 3));
      for (byte[] wrong : List.of(flipped, Arrays.copyOf(sound, sound.length / 2), swapped)) {
        Files.write(victim, wrong);
        Path half = recoveries.fresh();
        JsonNode failed = fleet.finish(recoveries.begin(backup, "\"type\":\"LATEST\"", half));
        assertThat(failed.path("problem").path("code").asText())
            .as(failed.toString())
            .isEqualTo("WAL_DAMAGED");
        assertThat(failed.toString()).contains(victim.getFileName().toString());
        assertCannotStart(half, cluster);
        Folders.delete(half.getParent());
      }

      Files.write(victim, sound);
      assertThat(recoveries.ask(backup, "\"type\":\"LATEST\"", "select count(*) from step"))
          .isEqualTo("8");
    }
  }

  private static void assertCannotStart(Path copy, PostgresCluster source) {
    PostgresServer unfinished = PostgresServer.open(copy.getParent(), source.superuser());
    assertThatThrownBy(unfinished::start).hasMessageContaining("must specify \"restore_command\"");
  }
}
