package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.junit.RequiresPostgres;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A catalog of yesterday plans and removes beside a repository of today (fault 18). */
@Tag("slow")
@RequiresPostgres(17)
class OlderCatalogTest {
  private static final String LOGICAL = "{\"method\":\"LOGICAL\"}";
  private static final String PHYSICAL = "{\"method\":\"PHYSICAL\"}";

  @Test
  void removesNothingThatItDoesNotKnowNorWhatThatBuildsOnNorWhatIsHeldSince() {
    try (Fleet fleet = Fleet.own(1);
        PostgresCluster cluster =
            fleet.startCluster(
                kind ->
                    kind.standbys(0)
                        .install(PostgresInstall.newest())
                        .setting("summarize_wal", "on"))) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      Retentions retention = new Retentions(fleet, name);
      retention.declare(Retentions.LITTLE);
      String parent = fleet.backedUp(name, PHYSICAL);
      String held = fleet.backedUp(name, LOGICAL);
      String free = fleet.backedUp(name, LOGICAL);
      String lastDump = fleet.backedUp(name, LOGICAL);
      String windowBegins = fleet.backedUp(name, PHYSICAL);
      String lastBase = fleet.backedUp(name, PHYSICAL);
      retention.age(parent, 60);
      retention.age(windowBegins, 30);
      retention.age(lastBase, 10);
      keepTheCatalog(fleet);
      String child =
          fleet.backedUp(
              name,
              "{\"method\":\"PHYSICAL\",\"physical\":{\"type\":\"INCREMENTAL\",\"parent\":\""
                  + parent
                  + "\"}}");
      String unknown = fleet.backedUp(name, LOGICAL);
      hold(fleet, held);
      bringTheCatalogBack(fleet);
      assertThat(retention.expiring()).containsExactlyInAnyOrder(parent, held, free);

      JsonNode expired = retention.expire();

      assertThat(expired.path("backups")).as(expired.toString()).hasSize(1);
      assertThat(expired.path("backups").get(0).asText()).isEqualTo(free);
      assertThat(expired.path("kept").findValuesAsText("because"))
          .containsExactlyInAnyOrder(
              "backup " + child + ", which stays, builds on it",
              "backup " + held + " is held in the repository: case 7");
      Path repository = fleet.stack().repositoriesRoot().resolve("files");
      for (String stays : List.of(parent, held, lastDump, windowBegins, lastBase, child, unknown)) {
        assertThat(Retentions.objects(repository, name, stays)).contains("manifest.json");
      }
      JsonNode scan =
          fleet.finish(
              fleet.start("/repositories/" + fleet.filesystemRepository() + "/scans", "{}"));
      assertThat(scan.path("state").asText()).as(scan.toString()).isEqualTo("SUCCEEDED");
      assertThat(fleet.backupsOf(name))
          .extracting(backup -> backup.path("id").asText())
          .containsExactlyInAnyOrder(
              parent, held, lastDump, windowBegins, lastBase, child, unknown);
      assertThat(fleet.api().get("/backups/" + held + "/holds").findValuesAsText("reason"))
          .containsExactly("case 7");
      assertThat(retention.expiring()).doesNotContain(parent, held);
      fleet.assertAlwaysTrue(name);
    }
  }

  /** Until the hold lies in the repository. */
  private static void hold(Fleet fleet, String backup) {
    JsonNode unused =
        fleet
            .api()
            .post("/backups/" + backup + "/holds", "{\"kind\":\"LEGAL\",\"reason\":\"case 7\"}");
    for (JsonNode job : fleet.api().get("/jobs?kind=LEGAL_HOLD").path("items")) {
      assertThat(fleet.finish(job.path("id").asText()).path("state").asText())
          .isEqualTo("SUCCEEDED");
    }
  }

  private static void keepTheCatalog(Fleet fleet) {
    fleet.stack().killApi(0);
    fleet
        .stack()
        .catalog()
        .execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'holdfast'",
            "CREATE DATABASE yesterday TEMPLATE holdfast");
    fleet.stack().restartApi(0);
  }

  private static void bringTheCatalogBack(Fleet fleet) {
    fleet.stack().killApi(0);
    PostgresServer server = fleet.stack().catalog();
    server.execute(
        "DROP DATABASE holdfast WITH (FORCE)", "ALTER DATABASE yesterday RENAME TO holdfast");
    fleet.stack().restartApi(0);
  }
}
