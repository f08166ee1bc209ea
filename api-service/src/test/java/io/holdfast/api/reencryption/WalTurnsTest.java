package io.holdfast.api.reencryption;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static io.holdfast.api.testing.ApiFixture.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Observations;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What removes WAL and what writes it do not run at the same time. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class WalTurnsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private ApiFixture api;
  private String offsite;

  @BeforeEach
  void declare() {
    api = new ApiFixture(64);
    offsite = Api.repository();
    api.declared(
        "\"expectedSystemIdentifier\":\""
            + Observations.SYSTEM
            + "\",\"archive\":{},\"encryption\":{\"type\":\"ENVELOPE\",\"envelope\":{\"key\":\"fresh\"}},"
            + "\"copies\":[{\"repository\":\""
            + offsite
            + "\"}],");
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void anExpirationWaitsUntilTheWalIsUnderNewKeysAndTheNextReencryptionForIt() {
    String first = asked("wal-reencryptions", null);
    run(first);
    String expiration = asked("expirations", "{\"repository\":\"" + offsite + "\"}");
    String second = asked("wal-reencryptions", null);
    String dryRun = asked("expirations", "{\"dryRun\":true}");

    run(dryRun);
    assertThat(state(expiration)).isEqualTo("QUEUED");
    assertThat(job(expiration).getString("queuedReason"))
        .isEqualTo("waits for job " + first + ", which writes WAL where this one removes it");
    assertThat(job(second).getString("queuedReason"))
        .isEqualTo("waits for job " + expiration + ", which removes WAL of the cluster");
    assertThat(api.worker().runsOf(expiration) + api.worker().runsOf(second)).isZero();

    api.worker().succeed(first, 1, reencrypted());
    run(expiration);
    assertThat(api.worker().runsOf(second)).isZero();
    api.worker()
        .succeed(
            expiration,
            1,
            new JobResult.Expired(false, List.of(), List.of(), List.of(), 0, 0, List.of()));
    run(second);
  }

  @Test
  void whoDeletesABackupByHandWaitsForNoWal() {
    api.declared("\"encryption\":{\"type\":\"ENVELOPE\",\"envelope\":{\"key\":\"fresh\"}},");
    String backup = api.physical("0/100000", "0/200000", Instant.now().minusSeconds(600));
    run(asked("wal-reencryptions", null));

    String deletion =
        admin()
            .delete("/api/v1/backups/" + backup + "?confirm=" + backup)
            .then()
            .statusCode(202)
            .extract()
            .path("id");

    run(deletion);
    assertThat(((JobSpec.Expire) api.worker().awaitRun(deletion, 1).spec()).wal()).isEmpty();
  }

  @Test
  void anExpirationInACopyWaitsForTheWalThatIsOnItsWayThereAndOneElsewhereDoesNot() {
    api.observed(Instant.now(), "0/A80000", 0, 10);
    JobCommand.RunJob copy =
        api.worker()
            .awaitSpec(JobSpec.CopyWal.class, wal -> wal.sourceCluster().equals(api.cluster()));
    api.worker().accept(copy.jobId().value(), 1);

    String there = asked("expirations", "{\"repository\":\"" + offsite + "\"}");
    String here = asked("expirations", "{}");

    run(here);
    assertThat(api.worker().runsOf(there)).isZero();
    assertThat(job(there).getString("queuedReason"))
        .isEqualTo(
            "waits for job " + copy.jobId() + ", which writes WAL where this one removes it");
    api.worker()
        .succeed(
            copy.jobId().value(),
            1,
            new JobResult.WalCopied(api.cluster(), offsite, Instant.now(), 1, 1, 0, List.of()));
    run(there);
  }

  private String asked(String what, String body) {
    return (body == null ? admin() : admin().body(body))
        .post("/api/v1/clusters/" + api.cluster() + "/" + what)
        .then()
        .statusCode(202)
        .extract()
        .path("id");
  }

  private void run(String id) {
    JobCommand.RunJob unused = api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    await().atMost(PATIENCE).until(() -> "RUNNING".equals(state(id)));
  }

  private JobResult reencrypted() {
    return new JobResult.WalReencrypted(api.cluster(), 7, 0, 1000, List.of());
  }
}
