package io.holdfast.api.fleet;

import static io.holdfast.api.fleet.FleetFiles.document;
import static io.holdfast.api.fleet.FleetFiles.send;
import static io.holdfast.api.fleet.FleetFiles.yaml;
import static io.holdfast.api.testing.Api.admin;
import static io.holdfast.api.testing.Api.declaredCluster;
import static io.holdfast.api.testing.Api.key;
import static io.holdfast.api.testing.Api.name;
import static io.holdfast.api.testing.Api.problem;
import static io.holdfast.api.testing.Api.putRepository;
import static io.holdfast.api.testing.Api.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every test has names and an owner of its own: the catalog is shared. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class FleetTest {
  private final FleetFiles files = new FleetFiles();

  @Test
  void createsInTheOrderInWhichOneNeedsTheOther() {
    JsonPath done = files.applied(files.clusterYaml("") + files.repositoryYaml("/var/lib/a"), "");

    assertThat(done.getList("items.kind")).containsExactly("Repository", "Cluster");
    assertThat(done.getList("items.action")).containsExactly("CREATE", "CREATE");
    assertThat(done.getList("items.document")).containsExactly(1, 0);
    assertThat(done.getList("items.version")).containsExactly(1, 1);
    admin()
        .get("/api/v1/clusters/" + files.cluster)
        .then()
        .statusCode(200)
        .header("ETag", equalTo("\"1\""))
        .body("repository", equalTo(files.repository));
  }

  @Test
  void leavesAloneWhatIsSoAlready() {
    String fleet = files.repositoryYaml("/var/lib/a") + files.clusterYaml("  maxRunningJobs: 2\n");
    files.applied(fleet, "");
    String probe = admin().get("/api/v1/repositories/" + files.repository).path("probe.jobId");

    JsonPath again = files.applied(fleet, "");

    assertThat(again.getInt("unchanged")).isEqualTo(2);
    assertThat(again.getList("items.action")).containsExactly("NONE", "NONE");
    assertThat(admin().get("/api/v1/repositories/" + files.repository).<String>path("probe.jobId"))
        .as("nothing is probed again")
        .isEqualTo(probe);
    assertThat(files.clusterVersion()).isEqualTo(1);
  }

  @Test
  void changesWhatDiffersAndSaysWhat() {
    files.applied(files.repositoryYaml("/var/lib/a") + files.clusterYaml(""), "");

    JsonPath done =
        files.applied(
            files.repositoryYaml("/var/lib/a") + files.clusterYaml("  maxRunningJobs: 3\n"), "");

    assertThat(done.getList("items.action")).containsExactly("NONE", "UPDATE");
    assertThat(done.getString("items[1].changes[0].field")).isEqualTo("maxRunningJobs");
    assertThat(done.getString("items[1].changes[0].to")).isEqualTo("3");
    assertThat(done.getInt("items[1].version")).isEqualTo(2);
    assertThat(files.clusterVersion()).isEqualTo(2);
  }

  @Test
  void changesNothingInADryRunThatShowsEverything() {
    JsonPath plan =
        files.applied(files.repositoryYaml("/var/lib/a") + files.clusterYaml(""), "&dryRun=true");

    assertThat(plan.getBoolean("dryRun")).isTrue();
    assertThat(plan.getInt("created")).isEqualTo(2);
    problem(admin().get("/api/v1/clusters/" + files.cluster).then(), 404, "not-found");
    problem(admin().get("/api/v1/repositories/" + files.repository).then(), 404, "not-found");
    assertThat(files.export()).as("nobody owns anything either").isEmpty();
  }

  @Test
  void letsAViewerPlanAndNobodyButAnAdminApply() {
    String fleet = files.repositoryYaml("/var/lib/a");
    for (String role : List.of("viewer", "operator", "restorer")) {
      String path = "/api/v1/apply?owner=" + files.owner;
      yaml(key(List.of(role)))
          .body(fleet)
          .post(path + "&dryRun=true")
          .then()
          .statusCode(200)
          .body("created", equalTo(1));
      problem(yaml(key(List.of(role))).body(fleet).post(path).then(), 403, "forbidden");
    }
    problem(admin().get("/api/v1/repositories/" + files.repository).then(), 404, "not-found");
  }

  @Test
  void tellsEveryMistakeWithItsDocumentAndItsPathAndAppliesNothing() {
    String other = name("other");
    ValidatableResponse refused =
        files.apply(
            files.repositoryYaml("/var/lib/a")
                + files.clusterYaml("  maxRunningJobs: 99\n  colour: red\n")
                + files.clusterYaml("  maxRunningJobs: 99\n  sslMode: perhaps\n")
                + document("Cluster", other, "  repository: none\n  credentialsRef: x\n")
                + document("Clutser", other, "  a: 1\n")
                + document("Repository", "Bad_Name", "  type: S3\n")
                + document("Repository", name("r"), "  type: FILESYSTEM\n  filesystem: {path: a}\n")
                + document(
                    "Cluster",
                    name("c"),
                    "  repository: missing\n  credentialsRef: x\n"
                        + "  nodes: [{name: a, host: b}]\n"),
            "");

    List<Map<String, String>> violations =
        problem(refused, 422, "invalid-request").extract().path("violations");
    assertThat(violations)
        .extracting(each -> each.get("field"))
        .containsExactly(
            "documents[1].spec.colour",
            "documents[2].spec.maxRunningJobs",
            "documents[2].spec.sslMode",
            "documents[3].spec.nodes",
            "documents[4].kind",
            "documents[5].metadata.name",
            "documents[6].spec.filesystem.path",
            "documents[7].spec.repository");
    assertThat(violations.get(1).get("message"))
        .isEqualTo("Cluster '" + files.cluster + "', line 23: must be less than or equal to 64");
    assertThat(violations.get(4).get("message"))
        .contains("is not one of Repository, Cluster, Schedule");
    problem(admin().get("/api/v1/repositories/" + files.repository).then(), 404, "not-found");
  }

  @Test
  void refusesADeclarationThatIsMadeTwice() {
    problem(
            files.apply(files.repositoryYaml("/a/b") + files.repositoryYaml("/a/c"), ""),
            422,
            "invalid-request")
        .body("violations[0].field", equalTo("documents[1].metadata.name"));
  }

  @Test
  void doesNotTouchWhatAPersonDeclaredUnlessForced() {
    files.applied(files.repositoryYaml("/var/lib/a"), "");
    admin()
        .header("If-Match", "*")
        .delete("/api/v1/repositories/" + files.repository)
        .then()
        .statusCode(204);
    putRepository(files.repository).statusCode(201);

    problem(files.apply(files.repositoryYaml("/var/lib/a"), ""), 409, "owned-by-another")
        .body("violations[0].field", equalTo("documents[0]"));
    JsonPath forced = files.applied(files.repositoryYaml("/var/lib/a"), "&force=true");

    assertThat(forced.getList("items.action")).containsExactly("UPDATE");
    assertThat(files.export()).containsExactly(files.repository);
  }

  @Test
  void namesEveryConflictWithAnotherOwner() {
    String fleet = files.repositoryYaml("/var/lib/a") + files.clusterYaml("");
    files.applied(fleet, "");
    String changed =
        files.repositoryYaml("/var/lib/b") + files.clusterYaml("  maxRunningJobs: 1\n");
    String stranger = name("stranger");

    List<String> conflicts =
        problem(send(changed, stranger, ""), 409, "owned-by-another")
            .extract()
            .path("violations.message");

    assertThat(conflicts)
        .containsExactly(
            "Repository '" + files.repository + "', line 2: belongs to owner '" + files.owner + "'",
            "Cluster '" + files.cluster + "', line 11: belongs to owner '" + files.owner + "'");
    assertThat(files.clusterVersion()).isEqualTo(1);
    send(fleet, stranger, "").statusCode(200).body("unchanged", equalTo(2));
    assertThat(files.export()).as("what is the same is not taken").hasSize(2);
    send(changed, stranger, "&force=true")
        .statusCode(200)
        .body("updated", equalTo(2))
        .body("items.takenFrom", equalTo(List.of(files.owner, files.owner)));
    assertThat(files.export()).isEmpty();
  }

  @Test
  void takesOnWhatIsDeclaredTheSame() {
    putRepository(files.repository).statusCode(201);

    JsonPath done =
        files.applied(files.repositoryYaml("/var/lib/holdfast/" + files.repository), "");

    assertThat(done.getInt("unchanged")).isEqualTo(1);
    assertThat(files.export()).containsExactly(files.repository);
  }

  @Test
  void prunesOnlyWhatThisOwnerAppliedAndNamesNoMore() {
    String stays = name("stays");
    String foreign = name("foreign");
    putRepository(foreign).statusCode(201);
    String kept = document("Repository", stays, "  type: FILESYSTEM\n  filesystem: {path: /s/s}\n");
    files.applied(kept + files.repositoryYaml("/var/lib/a") + files.clusterYaml(""), "");

    JsonPath unpruned = files.applied(kept, "");
    JsonPath plan = files.applied(kept, "&prune=true&dryRun=true");
    assertThat(files.clusterVersion()).isEqualTo(1);
    JsonPath pruned = files.applied(kept, "&prune=true");

    assertThat(unpruned.getList("items.action")).containsExactly("NONE");
    assertThat(plan.getList("items.action")).containsExactly("NONE", "PRUNE", "PRUNE");
    assertThat(pruned.getList("items.name"))
        .containsExactly(stays, files.cluster, files.repository);
    problem(admin().get("/api/v1/clusters/" + files.cluster).then(), 404, "not-found");
    admin().get("/api/v1/repositories/" + foreign).then().statusCode(200);
    admin().get("/api/v1/repositories/" + stays).then().statusCode(200);
  }

  @Test
  void refusesToPruneARepositoryThatIsInUse() {
    String stays = name("stays");
    String kept = document("Repository", stays, "  type: FILESYSTEM\n  filesystem: {path: /s/s}\n");
    files.applied(kept + files.repositoryYaml("/var/lib/a"), "");
    admin()
        .body(Api.cluster(files.repository))
        .put("/api/v1/clusters/" + files.cluster)
        .then()
        .statusCode(201);

    problem(files.apply(kept, "&prune=true"), 409, "in-use")
        .body(
            "violations[0].message",
            equalTo(
                "Repository '"
                    + files.repository
                    + "': The repository '"
                    + files.repository
                    + "' is referred to by a cluster."));
    admin().get("/api/v1/repositories/" + files.repository).then().statusCode(200);
  }

  @Test
  void refusesAnEmptyFileAndAMissingOwner() {
    problem(files.apply("# nothing\n", "&prune=true"), 422, "invalid-request")
        .body("violations[0].field", equalTo("body"));
    problem(
            yaml(StackResource.ADMIN_KEY).body("a: 1").post("/api/v1/apply").then(),
            422,
            "invalid-request")
        .body("violations[0].field", equalTo("owner"));
    problem(files.apply(files.repositoryYaml("/a/b"), "&prune=yes"), 422, "invalid-request")
        .body("violations[0].field", equalTo("prune"));
  }

  @Test
  void takesJsonAsOneDeclarationAListOrAnExport() {
    Map<String, Object> one =
        Map.of(
            "apiVersion",
            "holdfast/v1",
            "kind",
            "Repository",
            "metadata",
            Map.of("name", files.repository),
            "spec",
            Map.of("type", "FILESYSTEM", "filesystem", Map.of("path", "/var/lib/a")));

    files.json(one).statusCode(200).body("created", equalTo(1));
    files.json(List.of(one)).statusCode(200).body("unchanged", equalTo(1));
    files.json(Map.of("items", List.of(one))).statusCode(200).body("unchanged", equalTo(1));
  }

  @Test
  void writesARowOfAuditForEachDeclarationThatItChanges() {
    files.applied(files.repositoryYaml("/var/lib/a") + files.clusterYaml(""), "");
    files.applied(files.repositoryYaml("/var/lib/a") + files.clusterYaml(""), "");

    List<Map<String, Object>> rows =
        await()
            .atMost(Duration.ofSeconds(10))
            .until(
                () ->
                    admin()
                        .queryParam("target", "/api/v1/clusters/" + files.cluster)
                        .get("/api/v1/audit")
                        .then()
                        .statusCode(200)
                        .extract()
                        .<List<Map<String, Object>>>path("items"),
                found -> !found.isEmpty());

    assertThat(rows).hasSize(1);
    assertThat(rows.get(0))
        .containsEntry("kind", "CHANGE")
        .containsEntry("operation", "putCluster")
        .containsEntry("keyId", StackResource.ADMIN_KEY.substring(4, 16));
  }

  @Test
  void exportsWhatAppliesAsUnchanged() {
    try (ApiFixture api = new ApiFixture()) {
      api.archived("{\"mode\":\"STREAM\",\"partialInterval\":\"PT1M\"}", "7312345678901234567");
      files.applied(files.repositoryYaml("/var/lib/a") + files.clusterYaml(everything()), "");
      for (String accept : List.of("application/yaml", "application/json")) {
        String exported =
            admin()
                .accept(accept)
                .get("/api/v1/export")
                .then()
                .statusCode(200)
                .extract()
                .asString();

        JsonPath plan =
            yaml(StackResource.ADMIN_KEY)
                .contentType(accept)
                .body(exported)
                .post("/api/v1/apply?dryRun=true&owner=" + files.owner)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();

        assertThat(plan.getInt("unchanged")).isEqualTo(plan.getList("items").size());
        assertThat(plan.getList("items.name"))
            .contains(files.cluster, files.repository, api.cluster());
      }
    }
  }

  @Test
  @Tag("slow")
  void appliesAThousandClustersAtOnceAndPrunesThem() {
    String alone = files.repositoryYaml("/var/lib/a");
    StringBuilder fleet = new StringBuilder(alone);
    for (int i = 0; i < 1000; i++) {
      fleet.append(
          files
              .clusterYaml("")
              .replace("name: " + files.cluster, "name: " + files.cluster + "-" + i));
    }

    assertThat(files.applied(fleet.toString(), "").getInt("created")).isEqualTo(1001);
    assertThat(files.applied(fleet.toString(), "").getInt("unchanged")).isEqualTo(1001);
    assertThat(files.applied(alone, "&prune=true").getInt("pruned")).isEqualTo(1000);
  }

  @Test
  void exportsToAScopedKeyWhatItMaySee() {
    files.applied(files.repositoryYaml("/var/lib/a") + files.clusterYaml(""), "");
    String hidden = declaredCluster();
    String scoped = key(List.of("viewer"), files.cluster);

    List<String> seen =
        with(scoped)
            .get("/api/v1/export")
            .then()
            .statusCode(200)
            .extract()
            .path("items.metadata.name");

    assertThat(seen).containsExactly(files.repository, files.cluster).doesNotContain(hidden);
    String admin = key(List.of("admin"), files.cluster);
    problem(
        with(admin).body("{}").post("/api/v1/apply?owner=" + files.owner).then(), 403, "forbidden");
  }

  private static String everything() {
    return """
      sslMode: verify-full
      maintenanceDatabase: "no"
      standbyPolicy: {target: STANDBY, whenNone: WAIT, waitFor: PT10M, maxLagSeconds: 2.5}
      archive: {recoveryPointObjective: PT1M, compressionLevel: 3}
      encryption: {type: ENVELOPE, envelope: {key: kek-1}}
      retention: {daily: 3, by: AGE, timeZone: Europe/Berlin, maxDeleteShare: 0.25}
      expectedSystemIdentifier: "7312345678901234567"
      labels: {"on": "yes", version: "1.10"}
    """;
  }
}
