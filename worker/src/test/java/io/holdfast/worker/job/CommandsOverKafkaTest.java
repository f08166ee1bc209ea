package io.holdfast.worker.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.model.command.JobCommand;
import io.holdfast.model.command.JobCommand.RunJob;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.event.WorkerEvent;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.wire.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(WorkerStack.class)
class CommandsOverKafkaTest {
  private TestBus bus;

  @BeforeEach
  void open() {
    bus = new TestBus(WorkerStack.kafka.bootstrapServers());
  }

  @AfterEach
  void close() {
    bus.close();
  }

  private static JobSpec probe() {
    return new JobSpec.Probe(
        new FilesystemRepositorySpec(
            "disk", WorkerStack.folder.resolve("repositories/disk").toString()));
  }

  @Test
  void runsASignedJobAndReportsEachStepInOrder() {
    RunJob command = TestBus.job(probe());

    bus.send(command);

    List<JobEvent> events = bus.awaitEnd(command.jobId());
    assertThat(events.get(0)).isInstanceOf(JobEvent.Accepted.class);
    assertThat(events.get(1)).isInstanceOf(JobEvent.Started.class);
    assertThat(events.get(events.size() - 1))
        .isInstanceOfSatisfying(
            JobEvent.Succeeded.class,
            done ->
                assertThat(((JobResult.Probed) done.result()).capabilities().writable()).isTrue());
    assertThat(events).extracting(e -> e.header().sequence()).isSorted().doesNotHaveDuplicates();
    assertThat(events).extracting(e -> e.header().worker()).containsOnly("worker-under-test");
  }

  @Test
  void refusesACommandThatAForeignKeySigned() {
    RunJob command = TestBus.job(probe());

    bus.send(command, WorkerStack.ed25519());

    await().atMost(Duration.ofSeconds(30)).until(() -> !bus.refusalsOf(command.jobId()).isEmpty());
    WorkerEvent.CommandRefused refusal = bus.refusalsOf(command.jobId()).get(0);
    assertThat(refusal.authentic()).isFalse();
    assertThat(refusal.problem().code()).isEqualTo("COMMAND_REFUSED");
    assertThat(bus.eventsOf(command.jobId())).isEmpty();
  }

  @Test
  void refusesACommandThatHasExpired() {
    RunJob fresh = TestBus.job(probe());
    RunJob command =
        new RunJob(
            TestBus.header(WorkerStack.POOL, Duration.ofSeconds(-1)),
            fresh.jobId(),
            1,
            fresh.lease(),
            null,
            fresh.spec());

    bus.send(command);

    await().atMost(Duration.ofSeconds(30)).until(() -> !bus.refusalsOf(command.jobId()).isEmpty());
    WorkerEvent.CommandRefused refusal = bus.refusalsOf(command.jobId()).get(0);
    assertThat(refusal.authentic()).isTrue();
    assertThat(refusal.problem().detail()).startsWith("the command expired at");
    assertThat(bus.eventsOf(command.jobId())).isEmpty();
  }

  @Test
  void refusesACommandForAnotherPool() {
    RunJob fresh = TestBus.job(probe());
    RunJob command =
        new RunJob(
            TestBus.header("outer", Duration.ofMinutes(1)),
            fresh.jobId(),
            1,
            fresh.lease(),
            null,
            fresh.spec());

    bus.send(command);

    await().atMost(Duration.ofSeconds(30)).until(() -> !bus.refusalsOf(command.jobId()).isEmpty());
    assertThat(bus.refusalsOf(command.jobId()).get(0).problem().detail())
        .isEqualTo("the command is for pool 'outer', this worker is of 'inner'");
  }

  @Test
  void failsAJobWhoseRepositoryLiesOutsideTheAllowedRoots() {
    RunJob command =
        TestBus.job(new JobSpec.Probe(new FilesystemRepositorySpec("etc", "/etc/holdfast-test")));

    bus.send(command);

    List<JobEvent> events = bus.awaitEnd(command.jobId());
    assertThat(events.get(events.size() - 1))
        .isInstanceOfSatisfying(
            JobEvent.Failed.class,
            failed -> assertThat(failed.problem().code()).isEqualTo("COMMAND_REFUSED"));
  }

  @Test
  void keepsAnUnreadableRecordOnTheDeadLetterTopicWithTheReason() {
    byte[] value = "{\"type\":\"DROP_EVERYTHING.v9\"}".getBytes(StandardCharsets.UTF_8);

    bus.sendRaw(Topics.commands(WorkerStack.POOL), value, "bm9uZQ==");

    await().atMost(Duration.ofSeconds(30)).until(() -> !bus.deadLetters().isEmpty());
    assertThat(bus.deadLetters().get(0).value()).isEqualTo(value);
    assertThat(
            new String(
                bus.deadLetters().get(0).headers().lastHeader(DeadLetters.REASON_HEADER).value(),
                StandardCharsets.UTF_8))
        .isEqualTo("the value is not a command of a known version");
  }

  @Test
  void runsACommandThatIsDeliveredTwiceOnce() {
    RunJob command = TestBus.job(probe());
    RunJob after = TestBus.job(probe());

    bus.send(command);
    bus.send(command);
    bus.send(after);

    bus.awaitEnd(command.jobId());
    bus.awaitEnd(after.jobId());
    assertThat(bus.eventsOf(command.jobId()))
        .filteredOn(JobEvent.Accepted.class::isInstance)
        .hasSize(1);
    assertThat(bus.eventsOf(command.jobId()))
        .filteredOn(JobEvent.Succeeded.class::isInstance)
        .hasSize(1);
  }

  @Test
  void remembersACancellationThatOvertakesItsCommand() {
    RunJob command = TestBus.job(probe());

    bus.send(
        new JobCommand.CancelJob(
            TestBus.header(WorkerStack.POOL, Duration.ofMinutes(1)),
            command.jobId(),
            1,
            "changed my mind"));
    // The cancellation has a topic of its own: a second one, refused, shows that it was read.
    JobCommand.CancelJob forged =
        new JobCommand.CancelJob(
            TestBus.header(WorkerStack.POOL, Duration.ofMinutes(1)), command.jobId(), 1, "forged");
    bus.send(forged, WorkerStack.ed25519());
    await().atMost(Duration.ofSeconds(60)).until(() -> !bus.refusalsOf(command.jobId()).isEmpty());
    bus.send(command);

    List<JobEvent> events = bus.awaitEnd(command.jobId());
    assertThat(events.get(events.size() - 1))
        .isInstanceOfSatisfying(
            JobEvent.Cancelled.class,
            cancelled -> assertThat(cancelled.reason()).isEqualTo("changed my mind"));
  }

  @Test
  void saysThatItIsThere() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !bus.all(WorkerEvent.Heartbeat.class).isEmpty());

    assertThat(bus.all(WorkerEvent.Heartbeat.class).get(0))
        .satisfies(
            beat -> {
              assertThat(beat.worker()).isEqualTo("worker-under-test");
              assertThat(beat.pool()).isEqualTo(WorkerStack.POOL);
            });
  }
}
