package io.holdfast.api.fleet;

import static io.holdfast.api.fleet.FleetFiles.yaml;
import static io.holdfast.api.testing.Api.admin;
import static io.holdfast.api.testing.Api.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import org.junit.jupiter.api.Test;

/** Schedules are declared beside what they are of, and live with it. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class FleetSchedulesTest {
  private final FleetFiles files = new FleetFiles();

  @Test
  void appliesSchedulesOfClustersAndRepositoriesAfterBothAndPrunesThemFirst() {
    String parts = files.repositoryYaml("/var/lib/a") + files.clusterYaml("");
    String fleet =
        schedule("cluster: " + files.cluster, "  kind: BACKUP\n  backup: {method: LOGICAL}\n")
            + schedule("repository: " + files.repository, "  kind: SCAN\n")
            + parts;

    JsonPath done = files.applied(fleet, "");
    JsonPath again = files.applied(fleet, "");
    String exported =
        yaml(StackResource.ADMIN_KEY)
            .accept("application/yaml")
            .get("/api/v1/export?owner=" + files.owner)
            .asString();
    JsonPath same = files.applied(exported, "");
    JsonPath pruned = files.applied(parts, "&prune=true");

    assertThat(done.getList("items.kind"))
        .containsExactly("Repository", "Cluster", "Schedule", "Schedule");
    assertThat(done.getList("items.cluster")).containsExactly(null, null, files.cluster, null);
    assertThat(again.getInt("unchanged")).isEqualTo(4);
    assertThat(same.getInt("unchanged")).isEqualTo(4);
    assertThat(pruned.getInt("pruned")).isEqualTo(2);
    problem(
        admin().get("/api/v1/clusters/" + files.cluster + "/schedules/nightly").then(),
        404,
        "not-found");
  }

  @Test
  void forgetsWhoseAScheduleWasWithItsCluster() {
    String parts = files.repositoryYaml("/var/lib/a") + files.clusterYaml("");
    String nightly =
        schedule("cluster: " + files.cluster, "  kind: BACKUP\n  backup: {method: LOGICAL}\n");
    files.applied(parts + nightly, "");
    admin()
        .header("If-Match", "*")
        .delete("/api/v1/clusters/" + files.cluster)
        .then()
        .statusCode(204);

    assertThat(files.export()).containsExactly(files.repository);
    assertThat(files.applied(parts + nightly, "").getList("items.action"))
        .containsExactly("NONE", "CREATE", "CREATE");
    problem(
            files.apply(parts + nightly.replace("  cluster: " + files.cluster + "\n", ""), ""),
            422,
            "invalid-request")
        .body("violations[0].field", equalTo("documents[2].metadata"));
  }

  private static String schedule(String of, String spec) {
    return "---\napiVersion: holdfast/v1\nkind: Schedule\nmetadata:\n  name: nightly\n  "
        + of
        + "\nspec:\n  cron: \"30 2 * * *\"\n"
        + spec;
  }
}
