package io.holdfast.worker.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.model.BackupId;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.command.JobCommand.RunJob;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.event.WorkerEvent;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.VerificationLevel;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(WorkerStack.class)
class BackupOverKafkaTest {
  private TestBus bus;

  @BeforeEach
  void open() {
    bus = new TestBus(WorkerStack.kafka.bootstrapServers());
    WorkerStack.postgres
        .primary()
        .execute(
            "create table if not exists invoices(id int primary key, note text)",
            "insert into invoices select i, repeat('x', 200) from generate_series(1, 5000) i"
                + " on conflict do nothing");
    WorkerStack.postgres.awaitAllCaughtUp();
  }

  @AfterEach
  void close() {
    bus.close();
  }

  private static JobSpec.Backup logical(BackupId id) {
    return new JobSpec.Backup(
        id,
        WorkerStack.cluster(),
        WorkerStack.repository(),
        new LogicalSourceSpec(null, null, null, null, null, null, null, null, 0, null),
        null,
        null,
        null,
        Map.of("purpose", "test"));
  }

  private <T extends JobResult> T succeed(JobSpec spec, Class<T> type) {
    RunJob command = TestBus.job(spec);
    bus.send(command);
    List<JobEvent> events = bus.awaitEnd(command.jobId());
    JobEvent last = events.get(events.size() - 1);
    assertThat(last).isInstanceOf(JobEvent.Succeeded.class);
    return type.cast(((JobEvent.Succeeded) last).result());
  }

  @Test
  void takesALogicalBackupFromTheStandbyAndProvesIt() {
    BackupId id = BackupId.next(Clock.systemUTC());
    RunJob command = TestBus.job(logical(id));

    bus.send(command);

    List<JobEvent> events = bus.awaitEnd(command.jobId());
    JobEvent last = events.get(events.size() - 1);
    assertThat(last).isInstanceOf(JobEvent.Succeeded.class);
    Manifest manifest = ((JobResult.BackedUp) ((JobEvent.Succeeded) last).result()).manifest();
    assertThat(manifest.source().node()).isEqualTo("pg-2");
    assertThat(manifest.artifacts())
        .extracting(Artifact::kind)
        .contains(Artifact.Kind.GLOBALS, Artifact.Kind.DUMP_CUSTOM, Artifact.Kind.INVENTORY);
    assertThat(events).anyMatch(e -> e instanceof JobEvent.NodeSelected);
    assertThat(events)
        .filteredOn(JobEvent.ContentsListed.class::isInstance)
        .flatExtracting(e -> ((JobEvent.ContentsListed) e).entries())
        .anyMatch(e -> ((io.holdfast.model.manifest.ContentEntry) e).name().equals("invoices"));
    JobResult.Verified verified =
        succeed(
            new JobSpec.Verify(id, "orders", WorkerStack.repository(), VerificationLevel.STRUCTURE),
            JobResult.Verified.class);
    assertThat(verified.findings()).extracting(JobResult.Finding::outcome).containsOnly("OK");
    // Read once for the checksums, and again as far as there is something to parse.
    assertThat(verified.bytesRead())
        .isGreaterThan(manifest.storedBytes())
        .isLessThanOrEqualTo(2 * manifest.storedBytes());
  }

  @Test
  void reportsSuccessWhenAnEarlierAttemptCommitted() {
    BackupId id = BackupId.next(Clock.systemUTC());
    Manifest first = succeed(logical(id), JobResult.BackedUp.class).manifest();

    Manifest second = succeed(logical(id), JobResult.BackedUp.class).manifest();

    assertThat(second).isEqualTo(first);
  }

  @Test
  void namesTheArtifactWhoseBytesHaveChanged() throws IOException {
    BackupId id = BackupId.next(Clock.systemUTC());
    Manifest manifest = succeed(logical(id), JobResult.BackedUp.class).manifest();
    Artifact dump =
        manifest.artifacts().stream()
            .filter(a -> a.kind() == Artifact.Kind.DUMP_CUSTOM)
            .findFirst()
            .orElseThrow();
    flipAByte(id, dump);
    RunJob verify =
        TestBus.job(
            new JobSpec.Verify(id, "orders", WorkerStack.repository(), VerificationLevel.CHECKSUM));

    bus.send(verify);

    List<JobEvent> events = bus.awaitEnd(verify.jobId());
    assertThat(events.get(events.size() - 1))
        .isInstanceOfSatisfying(
            JobEvent.Failed.class,
            failed -> {
              assertThat(failed.problem().code()).isEqualTo("ARTIFACT_DAMAGED");
              assertThat(failed.problem().detail()).contains(dump.object());
            });
  }

  private static void flipAByte(BackupId id, Artifact artifact) throws IOException {
    try (Stream<Path> all = Files.walk(WorkerStack.folder.resolve("repositories/disk"))) {
      Path file =
          all.filter(p -> p.toString().endsWith(id + "/" + artifact.object()))
              .findFirst()
              .orElseThrow();
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
    }
  }

  @Test
  void cancelsARunningBackupAndLeavesNothingOfIt() throws IOException {
    BackupId id = BackupId.next(Clock.systemUTC());
    JobSpec.Backup quick = logical(id);
    JobSpec.Backup slow =
        new JobSpec.Backup(
            id,
            quick.cluster(),
            quick.repository(),
            quick.source(),
            quick.compression(),
            10_000L,
            null,
            null);
    RunJob command = TestBus.job(slow);
    bus.send(command);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                bus.eventsOf(command.jobId()).stream()
                    .anyMatch(
                        e ->
                            e instanceof JobEvent.Progressed p
                                && p.phase().startsWith("DUMPING postgres")));

    bus.send(
        new JobCommand.CancelJob(
            TestBus.header(WorkerStack.POOL, Duration.ofMinutes(1)),
            command.jobId(),
            1,
            "not needed"));

    List<JobEvent> events = bus.awaitEnd(command.jobId());
    assertThat(events.get(events.size() - 1)).isInstanceOf(JobEvent.Cancelled.class);
    try (Stream<Path> left = Files.walk(WorkerStack.folder.resolve("repositories/disk"))) {
      assertThat(left.filter(Files::isRegularFile).map(Path::toString))
          .filteredOn(path -> path.contains(id.value()))
          .allMatch(path -> path.contains("/claims/"));
    }
    assertThat(ProcessHandle.current().descendants().map(p -> p.info().command().orElse("")))
        .noneMatch(path -> path.endsWith("pg_dump"));
  }

  @Test
  void observesATopologyWhenAsked() {
    bus.send(
        new JobCommand.ObserveTopology(
            TestBus.header(WorkerStack.POOL, Duration.ofMinutes(1)), WorkerStack.cluster()));

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !bus.all(WorkerEvent.TopologyObserved.class).isEmpty());

    assertThat(bus.all(WorkerEvent.TopologyObserved.class).get(0).topology().nodes()).hasSize(2);
  }
}
