package io.holdfast.api.scan;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Manifests;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.BackupId;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.HoldNote;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.scan.BackupFound;
import io.holdfast.model.scan.ClusterFound;
import io.holdfast.model.scan.Oddity;
import io.holdfast.model.scan.ScanPage;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ScanTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String SHA = "ab".repeat(32);
  private ApiFixture api;

  @BeforeEach
  void declare() {
    api = new ApiFixture(64);
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void aBackupThatTheCatalogDoesNotKnowIsShownAsItsManifestSays() {
    Manifest manifest = foreign();

    String scan = scan(page(found(manifest)));

    JsonPath backup = backup(manifest.backupId());
    assertThat(backup.getString("state")).isEqualTo("AVAILABLE");
    assertThat(backup.getString("repository")).isEqualTo(api.cluster());
    assertThat(backup.getLong("plainBytes")).isEqualTo(manifest.plainBytes());
    assertThat(counts(scan)).isEqualTo("[ADDED:1]");
  }

  @Test
  void aHoldComesBackFromTheRepositoryAndIsNeverLiftedByIt() {
    Manifest manifest = foreign();
    String id = UUID.randomUUID().toString();
    HoldNote hold =
        new HoldNote(id, "LEGAL", "case 7", null, Instant.EPOCH, "hfk_gone", null, null, null);
    HoldNote lifted =
        new HoldNote(
            id, "LEGAL", "case 7", null, Instant.EPOCH, "hfk_gone", Instant.now(), "x", "y");
    String holds = "/api/v1/backups/" + manifest.backupId() + "/holds";

    String unused = scan(page(new BackupFound(SHA, manifest, List.of(hold))));
    JsonPath found = admin().get(holds).jsonPath();
    String alsoUnused = scan(page(new BackupFound(SHA, manifest, List.of(lifted))));

    assertThat(found.getString("items[0].reason")).isEqualTo("case 7");
    assertThat(found.getString("items[0].kind")).isEqualTo("LEGAL");
    assertThat(admin().get(holds).jsonPath().getList("items.standing")).containsExactly(true);
    assertThat(
            admin()
                .get("/api/v1/clusters/" + api.cluster() + "/retention-plan")
                .jsonPath()
                .getString("backups[0].reasons.code"))
        .contains("HOLD");
  }

  @Test
  void scanningTwiceAddsNothing() {
    Manifest manifest = foreign();
    String unused = scan(page(found(manifest)));

    assertThat(counts(scan(page(found(manifest))))).isEqualTo("[:]");
  }

  @Test
  void whatTheRepositoryLacksIsMissingAndComesBackWhenItIsFound() {
    Manifest manifest = foreign();
    String added = scan(page(found(manifest)));

    String lacking = scan();
    String state = backup(manifest.backupId()).getString("state");
    String foundAgain = scan(page(found(manifest)));

    assertThat(counts(added)).isEqualTo("[ADDED:1]");
    assertThat(counts(lacking)).isEqualTo("[MISSING:1]");
    assertThat(state).isEqualTo("SUSPECT");
    assertThat(counts(foundAgain)).isEqualTo("[:]");
    assertThat(backup(manifest.backupId()).getString("state")).isEqualTo("AVAILABLE");
  }

  @Test
  void anotherManifestUnderTheSameNameIsChanged() {
    Manifest manifest = foreign();
    String unused = scan(page(found(manifest)));

    String changed = scan(page(new BackupFound("cd".repeat(32), manifest)));

    assertThat(counts(changed)).isEqualTo("[CHANGED:1]");
  }

  @Test
  void objectsWithoutAManifestAreOrphansUnlessTheyAreBeingWritten() {
    ScanPage page =
        new ScanPage(
            1,
            null,
            null,
            null,
            List.of(
                new Oddity(
                    Oddity.Kind.ORPHAN,
                    api.cluster(),
                    BackupId.next(Clock.systemUTC()).value(),
                    "clusters/x/backups/y/",
                    3,
                    10,
                    "no manifest names them")));

    String idle = scan(page);
    String running = api.backup("{\"method\":\"LOGICAL\"}");
    JobCommand.RunJob unused = api.worker().awaitRun(running, 1);
    String busy = scan(page);

    assertThat(counts(idle)).isEqualTo("[ORPHAN:1]");
    assertThat(counts(busy)).isEqualTo("[:]");
  }

  @Test
  void theSameBackupInASecondRepositoryIsACopyWhicheverIsFoundFirst() {
    String second = Api.name("second");
    admin()
        .body(
            "{\"type\":\"FILESYSTEM\",\"pool\":\""
                + api.cluster()
                + "\",\"filesystem\":{\"path\":\"/var/second\"}}")
        .put("/api/v1/repositories/" + second)
        .then()
        .statusCode(201);
    Manifest manifest = foreign();

    String copyFirst = scanOf(second, page(found(manifest)));
    String thenItsOwn = scan(page(found(manifest)));

    assertThat(counts(second, copyFirst)).isEqualTo("[ADDED:1]");
    assertThat(counts(thenItsOwn)).isEqualTo("[ADDED:1]");
    JsonPath backup = backup(manifest.backupId());
    assertThat(backup.getString("repository")).isEqualTo(api.cluster());
    assertThat(backup.getString("copies[0].repository")).isEqualTo(second);
    assertThat(backup.getString("copies[0].state")).isEqualTo("FOUND");
  }

  @Test
  void whatABackupLeftOfItsClusterIsShownAndNotDeclared() {
    String cluster = Api.name("gone");
    String scan =
        scan(
            new ScanPage(
                1,
                null,
                null,
                List.of(
                    new ClusterFound(
                        cluster,
                        "clusters/" + cluster + "/declarations/1.json",
                        "{\"repository\":\"r\",\"credentialsRef\":\"orders-db\",\"nodes\":[{\"name\":\"pg-1\",\"host\":\"10.0.0.1\",\"port\":5432}]}")),
                null));

    JsonPath report = report(api.cluster(), scan);
    assertThat(report.getString("clusters[0].name")).isEqualTo(cluster);
    assertThat(report.getBoolean("clusters[0].known")).isFalse();
    assertThat(report.getString("clusters[0].declaration.nodes[0].host")).isEqualTo("10.0.0.1");
    admin().get("/api/v1/clusters/" + cluster).then().statusCode(404);
  }

  @Test
  void aBackupsCommandCarriesTheDeclarationWithoutSecrets() {
    JobCommand.RunJob run = api.worker().awaitRun(api.backup("{\"method\":\"LOGICAL\"}"), 1);

    assertThat(((JobSpec.Backup) run.spec()).declaration().json())
        .contains("\"credentialsRef\" : \"orders-db\"")
        .contains("\"host\" : \"127.0.0.1\"");
  }

  /** Of a cluster that is declared, in a state that no job of this catalog made. */
  private Manifest foreign() {
    JobCommand.RunJob run = api.worker().awaitRun(api.backup("{\"method\":\"PHYSICAL\"}"), 1);
    Manifest manifest =
        Manifests.physical(run, "0/100000", "0/200000", Instant.parse("2026-01-02T03:04:05Z"));
    String cancelled = run.jobId().value();
    admin().body("{}").post("/api/v1/jobs/" + cancelled + "/cancellations").then().statusCode(202);
    api.worker().say(new JobEvent.Cancelled(api.worker().header(cancelled, 1), "asked for"));
    await().atMost(PATIENCE).until(() -> job(cancelled).getBoolean("done"));
    return manifest;
  }

  private static BackupFound found(Manifest manifest) {
    return new BackupFound(SHA, manifest);
  }

  private static ScanPage page(BackupFound... found) {
    return new ScanPage(1, List.of(found), null, null, null);
  }

  private String scan(ScanPage... pages) {
    return scanOf(api.cluster(), pages);
  }

  private String scanOf(String repository, ScanPage... pages) {
    String id =
        admin()
            .post("/api/v1/repositories/" + repository + "/scans")
            .then()
            .statusCode(202)
            .extract()
            .jsonPath()
            .getString("id");
    JobCommand.RunJob run = api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    for (ScanPage page : pages) {
      api.worker().say(new JobEvent.RepositoryScanned(api.worker().header(id, 1), page));
    }
    api.worker()
        .succeed(
            id,
            1,
            new JobResult.Scanned(
                run.spec().repository().name(), Instant.now(), pages.length, 9, 900, 1, 0, 0));
    await().atMost(PATIENCE).until(() -> job(id).getBoolean("done"));
    assertThat(job(id).getString("state")).isEqualTo("SUCCEEDED");
    return id;
  }

  private String counts(String scan) {
    return counts(api.cluster(), scan);
  }

  private static String counts(String repository, String scan) {
    return report(repository, scan)
        .getMap("counts")
        .toString()
        .replace('{', '[')
        .replace('}', ']')
        .replace('=', ':')
        .replaceFirst("^\\[\\]$", "[:]");
  }

  private static JsonPath report(String repository, String scan) {
    return admin()
        .get("/api/v1/repositories/" + repository + "/scans/" + scan)
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }

  private static JsonPath backup(BackupId id) {
    return admin().get("/api/v1/backups/" + id).then().statusCode(200).extract().jsonPath();
  }
}
