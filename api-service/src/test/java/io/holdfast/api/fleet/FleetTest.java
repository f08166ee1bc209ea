package io.holdfast.api.fleet;

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
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every test has names and an owner of its own: the catalog is shared. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class FleetTest {
  private final String owner = name("owner");
  private final String repository = name("repo");
  private final String cluster = name("cluster");

  @Test
  void createsInTheOrderInWhichOneNeedsTheOther() {
    JsonPath done = applied(clusterYaml("") + repositoryYaml("/var/lib/a"), "");

    assertThat(done.getList("items.kind")).containsExactly("Repository", "Cluster");
    assertThat(done.getList("items.action")).containsExactly("CREATE", "CREATE");
    assertThat(done.getList("items.document")).containsExactly(1, 0);
    assertThat(done.getList("items.version")).containsExactly(1, 1);
    admin()
        .get("/api/v1/clusters/" + cluster)
        .then()
        .statusCode(200)
        .header("ETag", equalTo("\"1\""))
        .body("repository", equalTo(repository));
  }

  @Test
  void leavesAloneWhatIsSoAlready() {
    String fleet = repositoryYaml("/var/lib/a") + clusterYaml("  maxRunningJobs: 2\n");
    applied(fleet, "");
    String probe = admin().get("/api/v1/repositories/" + repository).path("probe.jobId");

    JsonPath again = applied(fleet, "");

    assertThat(again.getInt("unchanged")).isEqualTo(2);
    assertThat(again.getList("items.action")).containsExactly("NONE", "NONE");
    assertThat(admin().get("/api/v1/repositories/" + repository).<String>path("probe.jobId"))
        .as("nothing is probed again")
        .isEqualTo(probe);
    assertThat(version()).isEqualTo(1);
  }

  @Test
  void changesWhatDiffersAndSaysWhat() {
    applied(repositoryYaml("/var/lib/a") + clusterYaml(""), "");

    JsonPath done =
        applied(repositoryYaml("/var/lib/a") + clusterYaml("  maxRunningJobs: 3\n"), "");

    assertThat(done.getList("items.action")).containsExactly("NONE", "UPDATE");
    assertThat(done.getString("items[1].changes[0].field")).isEqualTo("maxRunningJobs");
    assertThat(done.getString("items[1].changes[0].to")).isEqualTo("3");
    assertThat(done.getInt("items[1].version")).isEqualTo(2);
    assertThat(version()).isEqualTo(2);
  }

  @Test
  void changesNothingInADryRunThatShowsEverything() {
    JsonPath plan = applied(repositoryYaml("/var/lib/a") + clusterYaml(""), "&dryRun=true");

    assertThat(plan.getBoolean("dryRun")).isTrue();
    assertThat(plan.getInt("created")).isEqualTo(2);
    problem(admin().get("/api/v1/clusters/" + cluster).then(), 404, "not-found");
    problem(admin().get("/api/v1/repositories/" + repository).then(), 404, "not-found");
    assertThat(export()).as("nobody owns anything either").isEmpty();
  }

  @Test
  void letsAViewerPlanAndNobodyButAnAdminApply() {
    String fleet = repositoryYaml("/var/lib/a");
    for (String role : List.of("viewer", "operator", "restorer")) {
      String path = "/api/v1/apply?owner=" + owner;
      yaml(key(List.of(role)))
          .body(fleet)
          .post(path + "&dryRun=true")
          .then()
          .statusCode(200)
          .body("created", equalTo(1));
      problem(yaml(key(List.of(role))).body(fleet).post(path).then(), 403, "forbidden");
    }
    problem(admin().get("/api/v1/repositories/" + repository).then(), 404, "not-found");
  }

  @Test
  void tellsEveryMistakeWithItsDocumentAndItsPathAndAppliesNothing() {
    String other = name("other");
    ValidatableResponse refused =
        apply(
            repositoryYaml("/var/lib/a")
                + clusterYaml("  maxRunningJobs: 99\n  colour: red\n")
                + clusterYaml("  maxRunningJobs: 99\n  sslMode: perhaps\n")
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
        .isEqualTo("Cluster '" + cluster + "', line 23: must be less than or equal to 64");
    assertThat(violations.get(4).get("message"))
        .contains("is not one of Repository, Cluster, Schedule");
    problem(admin().get("/api/v1/repositories/" + repository).then(), 404, "not-found");
  }

  @Test
  void refusesADeclarationThatIsMadeTwice() {
    problem(apply(repositoryYaml("/a/b") + repositoryYaml("/a/c"), ""), 422, "invalid-request")
        .body("violations[0].field", equalTo("documents[1].metadata.name"));
  }

  @Test
  void doesNotTouchWhatAPersonDeclaredUnlessForced() {
    applied(repositoryYaml("/var/lib/a"), "");
    admin()
        .header("If-Match", "*")
        .delete("/api/v1/repositories/" + repository)
        .then()
        .statusCode(204);
    putRepository(repository).statusCode(201);

    problem(apply(repositoryYaml("/var/lib/a"), ""), 409, "owned-by-another")
        .body("violations[0].field", equalTo("documents[0]"));
    JsonPath forced = applied(repositoryYaml("/var/lib/a"), "&force=true");

    assertThat(forced.getList("items.action")).containsExactly("UPDATE");
    assertThat(export()).containsExactly(repository);
  }

  @Test
  void namesEveryConflictWithAnotherOwner() {
    String fleet = repositoryYaml("/var/lib/a") + clusterYaml("");
    applied(fleet, "");
    String changed = repositoryYaml("/var/lib/b") + clusterYaml("  maxRunningJobs: 1\n");
    String stranger = name("stranger");

    List<String> conflicts =
        problem(send(changed, stranger, ""), 409, "owned-by-another")
            .extract()
            .path("violations.message");

    assertThat(conflicts)
        .containsExactly(
            "Repository '" + repository + "', line 2: belongs to owner '" + owner + "'",
            "Cluster '" + cluster + "', line 11: belongs to owner '" + owner + "'");
    assertThat(version()).isEqualTo(1);
    send(fleet, stranger, "").statusCode(200).body("unchanged", equalTo(2));
    assertThat(export()).as("what is the same is not taken").hasSize(2);
    send(changed, stranger, "&force=true")
        .statusCode(200)
        .body("updated", equalTo(2))
        .body("items.takenFrom", equalTo(List.of(owner, owner)));
    assertThat(export()).isEmpty();
  }

  @Test
  void takesOnWhatIsDeclaredTheSame() {
    putRepository(repository).statusCode(201);

    JsonPath done = applied(repositoryYaml("/var/lib/holdfast/" + repository), "");

    assertThat(done.getInt("unchanged")).isEqualTo(1);
    assertThat(export()).containsExactly(repository);
  }

  @Test
  void prunesOnlyWhatThisOwnerAppliedAndNamesNoMore() {
    String stays = name("stays");
    String foreign = name("foreign");
    putRepository(foreign).statusCode(201);
    String kept = document("Repository", stays, "  type: FILESYSTEM\n  filesystem: {path: /s/s}\n");
    applied(kept + repositoryYaml("/var/lib/a") + clusterYaml(""), "");

    JsonPath unpruned = applied(kept, "");
    JsonPath plan = applied(kept, "&prune=true&dryRun=true");
    assertThat(version()).isEqualTo(1);
    JsonPath pruned = applied(kept, "&prune=true");

    assertThat(unpruned.getList("items.action")).containsExactly("NONE");
    assertThat(plan.getList("items.action")).containsExactly("NONE", "PRUNE", "PRUNE");
    assertThat(pruned.getList("items.name")).containsExactly(stays, cluster, repository);
    problem(admin().get("/api/v1/clusters/" + cluster).then(), 404, "not-found");
    admin().get("/api/v1/repositories/" + foreign).then().statusCode(200);
    admin().get("/api/v1/repositories/" + stays).then().statusCode(200);
  }

  @Test
  void refusesToPruneARepositoryThatIsInUse() {
    String stays = name("stays");
    String kept = document("Repository", stays, "  type: FILESYSTEM\n  filesystem: {path: /s/s}\n");
    applied(kept + repositoryYaml("/var/lib/a"), "");
    admin().body(Api.cluster(repository)).put("/api/v1/clusters/" + cluster).then().statusCode(201);

    problem(apply(kept, "&prune=true"), 409, "in-use")
        .body(
            "violations[0].message",
            equalTo(
                "Repository '"
                    + repository
                    + "': The repository '"
                    + repository
                    + "' is referred to by a cluster."));
    admin().get("/api/v1/repositories/" + repository).then().statusCode(200);
  }

  @Test
  void refusesAnEmptyFileAndAMissingOwner() {
    problem(apply("# nothing\n", "&prune=true"), 422, "invalid-request")
        .body("violations[0].field", equalTo("body"));
    problem(
            yaml(StackResource.ADMIN_KEY).body("a: 1").post("/api/v1/apply").then(),
            422,
            "invalid-request")
        .body("violations[0].field", equalTo("owner"));
    problem(apply(repositoryYaml("/a/b"), "&prune=yes"), 422, "invalid-request")
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
            Map.of("name", repository),
            "spec",
            Map.of("type", "FILESYSTEM", "filesystem", Map.of("path", "/var/lib/a")));

    json(one).statusCode(200).body("created", equalTo(1));
    json(List.of(one)).statusCode(200).body("unchanged", equalTo(1));
    json(Map.of("items", List.of(one))).statusCode(200).body("unchanged", equalTo(1));
  }

  @Test
  void writesARowOfAuditForEachDeclarationThatItChanges() {
    applied(repositoryYaml("/var/lib/a") + clusterYaml(""), "");
    applied(repositoryYaml("/var/lib/a") + clusterYaml(""), "");

    List<Map<String, Object>> rows =
        await()
            .atMost(Duration.ofSeconds(10))
            .until(
                () ->
                    admin()
                        .queryParam("target", "/api/v1/clusters/" + cluster)
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
      applied(repositoryYaml("/var/lib/a") + clusterYaml(everything()), "");
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
                .post("/api/v1/apply?dryRun=true&owner=" + owner)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();

        assertThat(plan.getInt("unchanged")).isEqualTo(plan.getList("items").size());
        assertThat(plan.getList("items.name")).contains(cluster, repository, api.cluster());
      }
    }
  }

  @Test
  @Tag("slow")
  void appliesAThousandClustersAtOnceAndPrunesThem() {
    String alone = repositoryYaml("/var/lib/a");
    StringBuilder fleet = new StringBuilder(alone);
    for (int i = 0; i < 1000; i++) {
      fleet.append(clusterYaml("").replace("name: " + cluster, "name: " + cluster + "-" + i));
    }

    assertThat(applied(fleet.toString(), "").getInt("created")).isEqualTo(1001);
    assertThat(applied(fleet.toString(), "").getInt("unchanged")).isEqualTo(1001);
    assertThat(applied(alone, "&prune=true").getInt("pruned")).isEqualTo(1000);
  }

  @Test
  void appliesSchedulesOfClustersAndRepositoriesAfterBothAndPrunesThemFirst() {
    String parts = repositoryYaml("/var/lib/a") + clusterYaml("");
    String fleet =
        schedule("cluster: " + cluster, "  kind: BACKUP\n  backup: {method: LOGICAL}\n")
            + schedule("repository: " + repository, "  kind: SCAN\n")
            + parts;

    JsonPath done = applied(fleet, "");
    JsonPath again = applied(fleet, "");
    String exported =
        yaml(StackResource.ADMIN_KEY)
            .accept("application/yaml")
            .get("/api/v1/export?owner=" + owner)
            .asString();
    JsonPath same = applied(exported, "");
    JsonPath pruned = applied(parts, "&prune=true");

    assertThat(done.getList("items.kind"))
        .containsExactly("Repository", "Cluster", "Schedule", "Schedule");
    assertThat(done.getList("items.cluster")).containsExactly(null, null, cluster, null);
    assertThat(again.getInt("unchanged")).isEqualTo(4);
    assertThat(same.getInt("unchanged")).isEqualTo(4);
    assertThat(pruned.getInt("pruned")).isEqualTo(2);
    problem(
        admin().get("/api/v1/clusters/" + cluster + "/schedules/nightly").then(), 404, "not-found");
  }

  @Test
  void forgetsWhoseAScheduleWasWithItsCluster() {
    String parts = repositoryYaml("/var/lib/a") + clusterYaml("");
    String nightly =
        schedule("cluster: " + cluster, "  kind: BACKUP\n  backup: {method: LOGICAL}\n");
    applied(parts + nightly, "");
    admin().header("If-Match", "*").delete("/api/v1/clusters/" + cluster).then().statusCode(204);

    assertThat(export()).containsExactly(repository);
    assertThat(applied(parts + nightly, "").getList("items.action"))
        .containsExactly("NONE", "CREATE", "CREATE");
    problem(
            apply(parts + nightly.replace("  cluster: " + cluster + "\n", ""), ""),
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

  @Test
  void exportsToAScopedKeyWhatItMaySee() {
    applied(repositoryYaml("/var/lib/a") + clusterYaml(""), "");
    String hidden = declaredCluster();
    String scoped = key(List.of("viewer"), cluster);

    List<String> seen =
        with(scoped)
            .get("/api/v1/export")
            .then()
            .statusCode(200)
            .extract()
            .path("items.metadata.name");

    assertThat(seen).containsExactly(repository, cluster).doesNotContain(hidden);
    String admin = key(List.of("admin"), cluster);
    problem(with(admin).body("{}").post("/api/v1/apply?owner=" + owner).then(), 403, "forbidden");
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

  private String repositoryYaml(String path) {
    return document(
        "Repository", repository, "  type: FILESYSTEM\n  filesystem:\n    path: " + path + "\n");
  }

  private String clusterYaml(String more) {
    return document(
        "Cluster",
        cluster,
        "  nodes:\n    - {name: pg-1, host: 127.0.0.1}\n  repository: "
            + repository
            + "\n  credentialsRef: orders-db\n"
            + more);
  }

  private static String document(String kind, String name, String spec) {
    return "---\napiVersion: holdfast/v1\nkind: "
        + kind
        + "\nmetadata:\n  name: "
        + name
        + "\nspec:\n"
        + spec;
  }

  private JsonPath applied(String yaml, String parameters) {
    return apply(yaml, parameters).statusCode(200).extract().jsonPath();
  }

  private ValidatableResponse apply(String yaml, String parameters) {
    return send(yaml, owner, parameters);
  }

  private static ValidatableResponse send(String yaml, String owner, String parameters) {
    return yaml(StackResource.ADMIN_KEY)
        .body(yaml)
        .post("/api/v1/apply?owner=" + owner + parameters)
        .then();
  }

  private static RequestSpecification yaml(String key) {
    return with(key)
        .config(
            RestAssured.config()
                .encoderConfig(
                    EncoderConfig.encoderConfig()
                        .encodeContentTypeAs("application/yaml", ContentType.TEXT)
                        .defaultContentCharset("UTF-8")))
        .contentType("application/yaml");
  }

  private ValidatableResponse json(Object body) {
    return admin().body(body).post("/api/v1/apply?owner=" + owner).then();
  }

  private List<String> export() {
    return admin()
        .get("/api/v1/export?owner=" + owner)
        .then()
        .statusCode(200)
        .extract()
        .path("items.metadata.name");
  }

  private int version() {
    return admin()
        .get("/api/v1/clusters/" + cluster)
        .then()
        .statusCode(200)
        .extract()
        .path("version");
  }
}
