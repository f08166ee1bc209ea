package io.holdfast.api.job;

import io.holdfast.api.outbox.Outbox;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.Problem;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Every change of a job's state. Each method needs the job's row locked in the caller's
 * transaction, asks {@link JobState} whether the change is allowed, and answers false without any
 * effect when it is not: a lost race is a normal branch.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class JobLifecycle {
  private static final Logger LOG = Logger.getLogger(JobLifecycle.class);

  @Inject JobsConfig config;
  @Inject JobHistory history;
  @Inject Outbox outbox;
  @Inject Clock clock;
  @Inject Event<JobSucceeded> succeeded;
  @Inject Event<JobFailed> failed;
  @Inject Event<JobCancelled> cancellations;
  @Inject Event<WorkWaiting> waiting;

  /** A worker was heard: the job runs and its lease starts anew on this clock. */
  public boolean report(JobEntity job, String worker, Duration lease) {
    if (!move(job, JobSignal.REPORTED)) {
      return false;
    }
    Instant now = clock.instant();
    job.worker = worker;
    job.lostNotBefore = now.plus(lease == null ? config.lease() : lease);
    JobAttemptEntity attempt = JobAttemptEntity.of(job.id, job.attempt);
    if (attempt != null && attempt.acceptedAt == null) {
      attempt.acceptedAt = now;
      attempt.worker = worker;
    }
    return true;
  }

  public boolean succeed(JobEntity job, JobResult result) {
    if (!move(job, JobSignal.SUCCEEDED)) {
      return false;
    }
    job.result = Wire.text(result);
    job.problem = null;
    endAttempt(job, "SUCCEEDED", null);
    finished(job, EventBody.outcome("SUCCEEDED", null, null, null));
    log(job, null, "job succeeded");
    succeeded.fire(new JobSucceeded(job.jobId(), spec(job), result, job.finishedAt));
    return true;
  }

  /** The attempt ended with a problem: another one follows when that may help, else it is over. */
  public boolean fail(JobEntity job, Problem problem) {
    if (ErrorCode.WORKER_STOPPING.name().equals(problem.code()) && !job.kind.oneShot()) {
      // Nothing has failed: a fleet that is restarted worker by worker uses up no attempt.
      job.maxAttempts++;
      return end(job, "HANDED_OVER", problem);
    }
    boolean refused = ErrorCode.COMMAND_REFUSED.name().equals(problem.code());
    return end(job, refused ? "REFUSED" : "FAILED", problem);
  }

  /** The lease ran out. */
  public boolean lose(JobEntity job) {
    return end(
        job,
        "LOST",
        Problem.of(
            ErrorCode.WORKER_LOST,
            "worker '" + job.worker + "' stopped reporting in attempt " + job.attempt,
            "look at the worker's log and host"));
  }

  /** Nobody accepted the command while it was valid. */
  public boolean notAccepted(JobEntity job) {
    return end(
        job,
        "NOT_ACCEPTED",
        Problem.of(
            ErrorCode.NO_WORKER,
            "no worker of pool '" + job.pool + "' accepted attempt " + job.attempt + " in time",
            "start a worker of this pool, or raise its max-jobs"));
  }

  public boolean deadlinePassed(JobEntity job) {
    if (job.state.done()) {
      return false;
    }
    if (job.dispatchedAt != null && !outbox.withdraw(job.jobId(), job.attempt)) {
      stopWorker(job, job.attempt, "the job's deadline passed");
    }
    return failForGood(
        job,
        "FAILED",
        Problem.of(
            ErrorCode.DEADLINE_EXCEEDED,
            "the deadline " + job.deadlineAt + " passed",
            "give the job more time, or find out what it waited for"));
  }

  /** Stops a job that nobody has; asks the worker of one that somebody may have. */
  public boolean requestCancel(JobEntity job, String reason) {
    if (!move(job, JobSignal.CANCEL_REQUESTED)) {
      return false;
    }
    boolean first = job.cancelRequestedAt == null;
    if (first) {
      job.cancelRequestedAt = clock.instant();
      history.noted(job, "CANCEL_REQUESTED", EventBody.message(null, reason, null));
    }
    boolean untouched =
        job.state == JobState.QUEUED
            && (job.dispatchedAt == null || outbox.withdraw(job.jobId(), job.attempt));
    if (untouched) {
      return cancelled(job, reason);
    }
    if (first) {
      stopWorker(job, job.attempt, reason);
    }
    // One that was sent may start any moment: it is not called cancelled before that is true.
    return job.state == JobState.QUEUED && !job.kind.irrevocable() ? cancelled(job, reason) : true;
  }

  public boolean cancelled(JobEntity job, String reason) {
    if (!move(job, JobSignal.CANCELLED)) {
      return false;
    }
    endAttempt(job, "CANCELLED", null);
    finished(job, EventBody.outcome("CANCELLED", null, reason, null));
    log(job, null, "job cancelled: " + reason);
    cancellations.fire(new JobCancelled(job.jobId(), spec(job), job.finishedAt));
    return true;
  }

  /** Tells the pool to stop an attempt, whoever runs it. */
  public void stopWorker(JobEntity job, int attempt, String reason) {
    outbox.cancelJob(job.pool, job.jobId(), attempt, reason);
  }

  /** Whether the current attempt's command can no longer be accepted. */
  public boolean expired(JobEntity job) {
    return job.state == JobState.QUEUED && outbox.expired(job.jobId(), job.attempt);
  }

  private boolean end(JobEntity job, String outcome, Problem problem) {
    if (job.state.done()) {
      return false;
    }
    if (job.cancelRequestedAt != null) {
      return cancelled(job, problem.detail());
    }
    boolean again = problem.retryable() && !job.kind.oneShot() && job.attempt < job.maxAttempts;
    return again ? retry(job, outcome, problem) : failForGood(job, outcome, problem);
  }

  private boolean retry(JobEntity job, String outcome, Problem problem) {
    if (!move(job, JobSignal.RETRIED)) {
      return false;
    }
    endAttempt(job, outcome, problem);
    // A lost worker says nothing about the source or the store, so there is nothing to wait out.
    Duration backoff =
        outcome.equals("FAILED")
            ? Backoff.after(config.retryBackoff(), job.attempt)
            : Duration.ZERO;
    history.noted(
        job,
        "RETRYING",
        EventBody.message(
            problem.code(),
            "attempt " + job.attempt + " ended: " + problem.detail(),
            problem.hint()));
    log(job, problem, "attempt failed and another follows: " + problem.detail());
    job.attempt++;
    job.dispatchedAt = null;
    job.lostNotBefore = null;
    job.notBefore = clock.instant().plus(backoff);
    job.worker = null;
    job.phase = null;
    job.bytesDone = null;
    job.bytesTotal = null;
    job.ratePerSecond = null;
    job.problem = Wire.text(problem);
    waiting.fire(new WorkWaiting(job.cluster, true));
    return true;
  }

  private boolean failForGood(JobEntity job, String outcome, Problem problem) {
    if (!move(job, JobSignal.FAILED)) {
      return false;
    }
    job.problem = Wire.text(problem);
    endAttempt(job, outcome, problem);
    finished(job, EventBody.outcome("FAILED", problem.code(), problem.detail(), problem.hint()));
    log(job, problem, "job failed: " + problem.detail());
    failed.fire(new JobFailed(job.jobId(), spec(job), problem, job.finishedAt));
    return true;
  }

  private void finished(JobEntity job, EventBody body) {
    job.lostNotBefore = null;
    job.notBefore = null;
    history.noted(job, "FINISHED", body);
    waiting.fire(new WorkWaiting(job.cluster, true));
  }

  private static void log(JobEntity job, Problem problem, String message) {
    try (JobKeys keys = JobKeys.of(job, problem)) {
      LOG.logf(problem == null ? Logger.Level.INFO : Logger.Level.WARN, "%s", message);
    }
  }

  private void endAttempt(JobEntity job, String outcome, Problem problem) {
    JobAttemptEntity attempt = JobAttemptEntity.of(job.id, job.attempt);
    if (attempt != null) {
      attempt.endedAt = clock.instant();
      attempt.outcome = outcome;
      attempt.problem = problem == null ? null : Wire.text(problem);
    }
  }

  private boolean move(JobEntity job, JobSignal signal) {
    Optional<JobState> next = job.state.on(signal);
    if (next.isEmpty()) {
      return false;
    }
    job.state = next.get();
    if (job.state.done()) {
      job.finishedAt = clock.instant();
    } else if (job.state == JobState.RUNNING && job.startedAt == null) {
      job.startedAt = clock.instant();
    }
    return true;
  }

  private static JobSpec spec(JobEntity job) {
    return Wire.read(job.spec, JobSpec.class);
  }
}
