package io.holdfast.worker.job;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.JobId;
import io.holdfast.model.Problem;
import io.holdfast.model.command.JobCommand.CancelJob;
import io.holdfast.model.command.JobCommand.RunJob;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.wire.TraceParent;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.trace.JobTrace;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Runs attempts, each on a thread of its own, at most {@code maxJobs} at once. An accepted attempt
 * ends in exactly one terminal event, which is offered until the broker takes it.
 */
final class JobRunner implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(JobRunner.class);
  private static final Duration TICK = Duration.ofMillis(200);

  private final String worker;
  private final JobBody body;
  private final EventSender sender;
  private final Cancellations cancellations;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final Semaphore slots;
  private final Map<JobId, RunningJob> running = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("job-timer").daemon().factory());
  private final Executor closer =
      task -> Thread.ofPlatform().name("job-closer").daemon().start(task);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean draining;
  private volatile boolean stopping;

  JobRunner(
      String worker,
      int maxJobs,
      JobBody body,
      EventSender sender,
      Cancellations cancellations,
      Clock clock,
      LongSupplier nanoTime) {
    this.worker = worker;
    this.body = body;
    this.sender = sender;
    this.cancellations = cancellations;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.slots = new Semaphore(maxJobs, true);
    var unused =
        timer.scheduleAtFixedRate(
            this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Waits for room for one more attempt. {@link #release} gives it back unless a job took it.
   *
   * @return whether there is room within {@code patience}; there is none in a worker that is told
   *     to end
   */
  boolean reserve(Duration patience) throws InterruptedException {
    if (draining) {
      var unused = closed.await(patience.toMillis(), TimeUnit.MILLISECONDS);
      return false;
    }
    return slots.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  void release() {
    slots.release();
  }

  /**
   * Accepts and starts an attempt in the room that {@link #reserve} got. Blocks until the broker
   * has the {@code Accepted} event: only then may the command's offset be committed.
   *
   * @param trace where the command stands in its trace; null: in none
   * @return false when the worker is shutting down and takes nothing; the command stays unread
   */
  boolean accept(RunJob command, TraceParent trace) {
    if (stopping) {
      release();
      return false;
    }
    Lease lease = new Lease(command.lease(), clock, nanoTime);
    JobTrace spans = JobMdc.trace(command, trace);
    TraceParent here = spans.here().orElse(null);
    EventSender traced = (key, event) -> sender.send(key, event, here);
    JobEvents events = new JobEvents(command, worker, lease, traced, timer);
    RunningJob job = new RunningJob(command, worker, lease, events, spans, closer);
    events.emit(JobEvent.Accepted::new).join();
    running.put(command.jobId(), job);
    cancellations.of(command).ifPresent(reason -> job.stop(new StopReason.Cancelled(reason)));
    if (stopping) {
      job.stop(new StopReason.WorkerStopping());
    }
    Thread unused =
        Thread.ofPlatform().name("job-" + command.jobId().value()).start(() -> run(job));
    return true;
  }

  /** Stops the attempt if it runs here; remembered in case its command comes later. */
  void cancel(CancelJob command) {
    cancellations.remember(command);
    RunningJob job = running.get(command.jobId());
    if (job != null && job.number() <= command.attempt()) {
      job.stop(new StopReason.Cancelled(command.reason()));
    }
  }

  List<JobId> running() {
    return running.keySet().stream().sorted().toList();
  }

  private void run(RunningJob job) {
    JobMdc.put(job.command(), job.trace().here().orElse(null));
    try {
      var started = job.events().emit(JobEvent.Started::new);
      Function<JobEvent.Header, JobEvent> outcome = outcome(job);
      job.events().emit(outcome).join();
      started.join();
    } finally {
      running.remove(job.jobId(), job);
      job.trace().end();
      job.reported();
      release();
      MDC.clear();
    }
  }

  private Function<JobEvent.Header, JobEvent> outcome(RunningJob job) {
    try {
      job.requireHeld();
      LOG.infof("job started");
      var result = body.run(job.command().spec(), job);
      LOG.infof("job succeeded");
      return header -> new JobEvent.Succeeded(header, result);
    } catch (Throwable thrown) {
      StopReason reason = job.stopped();
      return reason != null ? stopped(reason, job, thrown) : failed(job, thrown);
    }
  }

  private Function<JobEvent.Header, JobEvent> stopped(
      StopReason reason, RunningJob job, Throwable thrown) {
    LOG.infof("job stopped: %s (%s)", reason.sentence(), thrown.getClass().getSimpleName());
    job.trace().failed(reason.getClass().getSimpleName());
    return switch (reason) {
      case StopReason.Cancelled cancelled ->
          header -> new JobEvent.Cancelled(header, cancelled.reason());
      case StopReason.DeadlinePassed passed ->
          failure(
              Problem.of(
                  ErrorCode.DEADLINE_EXCEEDED,
                  "the job was not done by its deadline, " + passed.deadlineAt(),
                  "give it more time, or find out what slowed it down"));
      case StopReason.LeaseLost lost ->
          failure(
              Problem.of(
                  ErrorCode.WORKER_LOST,
                  "the worker could not report for its lease of " + lost.lease(),
                  "look at the worker's connection to Kafka, and whether its host was suspended"));
      case StopReason.WorkerStopping stopping ->
          failure(
              Problem.of(
                  ErrorCode.WORKER_STOPPING,
                  "the worker was asked to shut down while the job ran",
                  job.command().spec() instanceof JobSpec.Restore
                      ? "ask for it again; give workers a longer holdfast.worker.drain-restores"
                      : "another worker of the pool takes the next attempt"));
    };
  }

  private Function<JobEvent.Header, JobEvent> failed(RunningJob job, Throwable thrown) {
    if (thrown instanceof JobFailure failure) {
      job.trace().failed(failure.code().name());
      MDC.put("code", failure.code().name());
      LOG.warnf(failure, "job failed: %s %s", failure.code(), failure.getMessage());
      return failure(failure.problem());
    }
    job.trace().failed(ErrorCode.INTERNAL.name());
    String logId = UUID.randomUUID().toString();
    MDC.put("code", ErrorCode.INTERNAL.name());
    LOG.errorf(thrown, "job failed by a defect, id %s", logId);
    return failure(
        Problem.of(
            ErrorCode.INTERNAL,
            "a defect in the worker ended the job; its log has the details under id " + logId,
            "please report the log lines around that id"));
  }

  private static Function<JobEvent.Header, JobEvent> failure(Problem problem) {
    return header -> new JobEvent.Failed(header, problem);
  }

  private void tick() {
    for (RunningJob job : running.values()) {
      try {
        job.tick();
      } catch (RuntimeException e) {
        // A scheduled task that throws is never run again, and then no lease would be renewed.
        LOG.errorf(e, "the timer of job %s failed", job.jobId());
      }
    }
  }

  /** There is room for no more attempts; the running ones go on. */
  void takeNoMore() {
    draining = true;
  }

  /** Tells those running attempts to stop so that others may have them. */
  void stop(Predicate<JobSpec> which) {
    running.values().stream()
        .filter(job -> which.test(job.command().spec()))
        .forEach(job -> job.stop(new StopReason.WorkerStopping()));
  }

  /** Takes no more attempts and tells the running ones to stop. */
  void stopAll() {
    draining = true;
    stopping = true;
    stop(every -> true);
  }

  /**
   * @return whether every attempt had ended and was reported within {@code atMost}
   */
  boolean awaitEnd(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    for (RunningJob job : List.copyOf(running.values())) {
      long left = Math.max(0, end - System.nanoTime());
      if (!job.awaitReported(left, TimeUnit.NANOSECONDS)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    closed.countDown();
    timer.shutdownNow();
  }
}
