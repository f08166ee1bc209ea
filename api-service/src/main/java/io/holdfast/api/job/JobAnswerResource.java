package io.holdfast.api.job;

import io.holdfast.api.problem.ApiProblem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;

/**
 * How every request for long work is answered: 200 for a success within the wait, 202 while it
 * runs, 424 for a failure or a cancel; never 2xx for a job that did not succeed.
 */
@ApplicationScoped
public class JobAnswerResource {
  private static final int LONGEST_WAIT_SECONDS = 55;
  private static final String POLL_SECONDS = "1";

  @Inject JobService jobs;

  /**
   * @param waitSeconds null or 0: do not wait
   */
  public Response accepted(Accepted accepted, Integer waitSeconds) {
    Response.ResponseBuilder answer =
        answer(accepted.job().id(), accepted.job(), waitSeconds, false);
    if (accepted.replayed()) {
      answer.header("Idempotent-Replayed", "true");
    }
    return answer.build();
  }

  /**
   * @param pending503 answer 503 instead of 202 while the job runs, which {@code curl --retry}
   *     takes as "ask again"
   */
  Response outcome(String id, Integer waitSeconds, boolean pending503) {
    return answer(id, null, waitSeconds, pending503).build();
  }

  private Response.ResponseBuilder answer(
      String id, JobView known, Integer waitSeconds, boolean pending503) {
    int wait = waitSeconds == null ? 0 : waitSeconds;
    if (wait < 0) {
      throw ApiProblem.invalid(
          "wait", "must not be negative", "Seconds from 0 to " + LONGEST_WAIT_SECONDS + ".");
    }
    JobView job =
        wait == 0 && known != null
            ? known
            : jobs.await(id, Duration.ofSeconds(Math.min(wait, LONGEST_WAIT_SECONDS)));
    URI location = URI.create(job.links().get("self"));
    if (!job.done()) {
      if (pending503) {
        throw new ApiProblem(
            503,
            "job-pending",
            "Job " + id + " is " + job.state() + ".",
            "Ask again: Retry-After says when.");
      }
      return Response.status(Response.Status.ACCEPTED)
          .location(location)
          .header("Retry-After", POLL_SECONDS)
          .entity(job);
    }
    if (!JobState.SUCCEEDED.name().equals(job.outcome())) {
      throw notSucceeded(job);
    }
    return Response.ok(job).location(location);
  }

  private static ApiProblem notSucceeded(JobView job) {
    if (job.problem() == null) {
      return new ApiProblem(
          424,
          "job-failed",
          "Job " + job.id() + " was cancelled.",
          "Its history says who asked for it: " + job.links().get("events"));
    }
    return new ApiProblem(
        424,
        "job-failed",
        "Job " + job.id() + " failed: " + job.problem().code() + ": " + job.problem().detail(),
        job.problem().hint());
  }
}
