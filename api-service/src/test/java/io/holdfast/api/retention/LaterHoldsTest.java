package io.holdfast.api.retention;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Observations;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.WalRange;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Legal holds reach what comes after them: copies, and WAL, in a bucket that locks. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class LaterHoldsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Instant TAKEN = Instant.now().minusSeconds(600);

  private ApiFixture api;
  private String vault;

  @BeforeEach
  void declare() {
    api = new ApiFixture(64);
    vault = Api.name("vault");
    admin()
        .body(
            "{\"type\":\"S3\",\"pool\":\""
                + api.cluster()
                + "\",\"s3\":{\"endpoint\":\"http://127.0.0.1:9\",\"bucket\":\"backups\","
                + "\"credentialsRef\":\"vault\",\"objectLock\":{\"mode\":\"GOVERNANCE\","
                + "\"retainFor\":\"P30D\"}}}")
        .put("/api/v1/repositories/" + vault)
        .then()
        .statusCode(201);
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void aCopyThatIsMadeLaterIsHeldWithWhatItBuildsOnAndItsWal() {
    String full = api.physical("0/100000", "0/200000", TAKEN);
    String increment =
        api.physical(
            "{\"method\":\"PHYSICAL\",\"physical\":{\"type\":\"INCREMENTAL\"}}",
            "0/300000",
            "0/400000",
            TAKEN.plusSeconds(60),
            null);
    String hold = hold(increment);
    declared("");

    copied(increment, full, increment);

    JobSpec.LegalHold spec = atVault(one -> !one.held().isEmpty());
    assertThat(spec.held()).extracting(BackupId::value).containsExactlyInAnyOrder(full, increment);
    assertThat(spec.notes()).extracting(note -> note.hold().id()).containsExactly(hold);
    assertThat(spec.notes()).extracting(note -> note.hold().kind()).containsExactly("LEGAL");
    assertThat(spec.wal())
        .extracting(WalRange::from, WalRange::to)
        .containsExactlyInAnyOrder(
            tuple(Lsn.parse("0/100000"), Lsn.parse("0/200000")),
            tuple(Lsn.parse("0/300000"), Lsn.parse("0/400000")));
  }

  @Test
  void aHoldThatIsLiftedBeforeTheCopyIsThereIsNotPutOnIt() {
    String backup = api.physical("0/100000", "0/200000", TAKEN);
    String hold = hold(backup);
    lift(backup, hold);
    declared("");

    copied(backup, backup);

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                "VERIFIED"
                    .equals(
                        admin()
                            .get("/api/v1/backups/" + backup + "/copies")
                            .jsonPath()
                            .getString("items[0].state")));
    assertThat(holdsAtVault()).isEmpty();
  }

  @Test
  void walThatWasOnItsWayWhenTheHoldWasSetIsHeldWhenItHasArrived() {
    String backup = api.physical("0/100000", "0/200000", TAKEN);
    declared("\"expectedSystemIdentifier\":\"" + Observations.SYSTEM + "\",\"archive\":{},");
    copied(backup, backup);
    api.observed(Instant.now(), "0/A80000", 0, 10);
    JobCommand.RunJob wal =
        api.worker()
            .awaitSpec(JobSpec.CopyWal.class, one -> one.sourceCluster().equals(api.cluster()));
    assertThat(((JobSpec.CopyWal) wal.spec()).held()).isEmpty();
    String unused = hold(backup);
    JobSpec.LegalHold first = atVault(one -> !one.held().isEmpty());

    String id = wal.jobId().value();
    api.worker().accept(id, 1);
    api.worker()
        .succeed(
            id,
            1,
            new JobResult.WalCopied(api.cluster(), vault, Instant.now(), 1, 1, 0, List.of()));
    finishHolds();

    JobSpec.LegalHold second = atVault(one -> one.notes().isEmpty());
    assertThat(second.wal()).isEqualTo(first.wal()).isNotEmpty();
    assertThat(second.held()).isEmpty();
    assertThat(second.released()).isEmpty();
  }

  @Test
  void aHoldIsLiftedWhereItWasPutAfterItWasPutThere() {
    declared("");
    String backup = api.physical("0/100000", "0/200000", TAKEN);
    copied(backup, backup);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                "VERIFIED"
                    .equals(
                        admin()
                            .get("/api/v1/backups/" + backup + "/copies")
                            .jsonPath()
                            .getString("items[0].state")));
    String hold = hold(backup);
    JobSpec.LegalHold put = atVault(one -> !one.held().isEmpty());
    String first = holdsAtVault().toList().getFirst().jobId().value();

    lift(backup, hold);

    List<String> waiting =
        admin()
            .get("/api/v1/jobs?cluster=" + api.cluster() + "&kind=LEGAL_HOLD&state=QUEUED")
            .jsonPath()
            .getList("items.findAll{it.queuedReason.contains('" + first + "')}.id");
    assertThat(put.repository().name()).isEqualTo(vault);
    assertThat(waiting).hasSize(1);
    assertThat(job(waiting.getFirst()).getString("queuedReason"))
        .isEqualTo("waits for job " + first + ", which puts or lifts holds where this one does");
    assertThat(holdsAtVault()).hasSize(1);
    finishHolds();
    JobSpec.LegalHold lifted = atVault(one -> !one.released().isEmpty());
    assertThat(lifted.notes()).extracting(note -> note.hold().liftReason()).containsExactly("over");
  }

  private void declared(String members) {
    api.declared(members + "\"copies\":[{\"repository\":\"" + vault + "\"}],");
  }

  private static String hold(String backup) {
    return admin()
        .body("{\"kind\":\"LEGAL\",\"reason\":\"case 7\"}")
        .post("/api/v1/backups/" + backup + "/holds")
        .then()
        .statusCode(201)
        .extract()
        .path("id");
  }

  private static void lift(String backup, String hold) {
    admin()
        .delete("/api/v1/backups/" + backup + "/holds/" + hold + "?reason=over")
        .then()
        .statusCode(204);
  }

  /** The copy of a backup is made, and of these. */
  private void copied(String backup, String... all) {
    JobCommand.RunJob run =
        api.worker().awaitSpec(JobSpec.Copy.class, one -> one.backupId().value().equals(backup));
    String id = run.jobId().value();
    api.worker().accept(id, 1);
    api.worker()
        .succeed(
            id,
            1,
            new JobResult.Copied(
                new BackupId(backup),
                vault,
                Stream.of(all)
                    .map(
                        one -> new JobResult.CopiedBackup(new BackupId(one), 4096, "ab".repeat(32)))
                    .toList(),
                3,
                4096,
                true));
    await().atMost(PATIENCE).until(() -> job(id).getBoolean("done"));
  }

  private void finishHolds() {
    holdsAtVault()
        .map(run -> run.jobId().value())
        .forEach(
            id -> {
              api.worker().accept(id, 1);
              api.worker().succeed(id, 1, new JobResult.Held(List.of(), List.of(), 0));
            });
  }

  private Stream<JobCommand.RunJob> holdsAtVault() {
    return api.worker().commands().stream()
        .filter(JobCommand.RunJob.class::isInstance)
        .map(JobCommand.RunJob.class::cast)
        .filter(
            run ->
                run.spec() instanceof JobSpec.LegalHold hold
                    && hold.repository().name().equals(vault));
  }

  private JobSpec.LegalHold atVault(Predicate<JobSpec.LegalHold> wanted) {
    return (JobSpec.LegalHold)
        api.worker()
            .awaitSpec(
                JobSpec.LegalHold.class,
                hold -> hold.repository().name().equals(vault) && wanted.test(hold))
            .spec();
  }
}
