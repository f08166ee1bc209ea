package io.holdfast.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.model.command.JobCommand.RunJob;
import io.holdfast.model.event.HoldfastEvent;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobStopped;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobRunnerTest {
  private final List<HoldfastEvent> told = new CopyOnWriteArrayList<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch finish = new CountDownLatch(1);
  private final RunJob command =
      TestBus.job(new JobSpec.Probe(new FilesystemRepositorySpec("disk", "/nowhere")));
  private JobRunner runner;

  @BeforeEach
  void start() {
    runner =
        new JobRunner(
            "worker",
            2,
            (spec, attempt) -> untilTold(attempt),
            (key, event) -> {
              told.add(event);
              return CompletableFuture.completedFuture(null);
            },
            new Cancellations(),
            Clock.systemUTC(),
            System::nanoTime);
  }

  /** A job that runs until it is told to stop or to finish. */
  private JobResult untilTold(Attempt attempt) {
    try (var registration =
        attempt.closeOnStop(
            () -> {
              stopped.countDown();
              finish.countDown();
            })) {
      finish.await();
      if (stopped.getCount() == 0) {
        throw new JobStopped("stopped");
      }
      return new JobResult.Probed(null, List.of());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void end() {
    runner.close();
  }

  @Test
  void hasNoRoomOnceItTakesNoMoreAndLetsTheRunningJobFinish() throws Exception {
    assertThat(runner.reserve(Duration.ofSeconds(5))).isTrue();
    assertThat(runner.accept(command, null)).isTrue();

    runner.takeNoMore();
    boolean room = runner.reserve(Duration.ofMillis(50));
    boolean ended = runner.awaitEnd(Duration.ofMillis(50));
    finish.countDown();

    assertThat(room).isFalse();
    assertThat(ended).isFalse();
    assertThat(runner.awaitEnd(Duration.ofSeconds(5))).isTrue();
    assertThat(told).hasAtLeastOneElementOfType(JobEvent.Succeeded.class);
  }

  @Test
  void stopsThoseJobsThatItIsToldToAndReportsWhoTakesThem() throws Exception {
    assertThat(runner.reserve(Duration.ofSeconds(5))).isTrue();
    assertThat(runner.accept(command, null)).isTrue();

    runner.takeNoMore();
    runner.stop(spec -> spec instanceof JobSpec.Restore);
    boolean others = runner.awaitEnd(Duration.ofMillis(50));
    runner.stop(spec -> spec instanceof JobSpec.Probe);

    assertThat(others).isFalse();
    assertThat(runner.awaitEnd(Duration.ofSeconds(5))).isTrue();
    assertThat(told)
        .filteredOn(JobEvent.Failed.class::isInstance)
        .extracting(event -> ((JobEvent.Failed) event).problem().code())
        .containsExactly("WORKER_STOPPING");
  }
}
