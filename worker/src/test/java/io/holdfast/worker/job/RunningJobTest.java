package io.holdfast.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.model.command.JobCommand.RunJob;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.worker.trace.JobTrace;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RunningJobTest {
  private final List<JobEvent.Progressed> told = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  @Test
  void tellsATotalThatIsNeverLessThanWhatIsDone() {
    RunningJob job = job();
    job.phase("COPYING", 100L);

    job.advanced(80);
    tick(job);
    job.advanced(70);
    tick(job);

    assertThat(told)
        .extracting(JobEvent.Progressed::bytesDone, JobEvent.Progressed::bytesTotal)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0L, 100L),
            org.assertj.core.groups.Tuple.tuple(80L, 100L),
            org.assertj.core.groups.Tuple.tuple(150L, 150L));
  }

  @Test
  void tellsNoTotalWhereNoneIsKnown() {
    RunningJob job = job();
    job.phase("CHECKPOINTING", null);

    job.advanced(80);
    tick(job);

    assertThat(told).extracting(JobEvent.Progressed::bytesTotal).containsOnlyNulls();
  }

  private void tick(RunningJob job) {
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    job.tick();
  }

  private RunningJob job() {
    RunJob command =
        TestBus.job(new JobSpec.Probe(new FilesystemRepositorySpec("disk", "/nowhere")));
    Lease lease = new Lease(Duration.ofSeconds(30), Clock.systemUTC(), nanos::get);
    EventSender sender =
        (key, event) -> {
          told.add((JobEvent.Progressed) event);
          return CompletableFuture.completedFuture(null);
        };
    return new RunningJob(
        command,
        "worker",
        lease,
        new JobEvents(command, "worker", lease, sender, timer),
        JobTrace.none(),
        Runnable::run);
  }
}
