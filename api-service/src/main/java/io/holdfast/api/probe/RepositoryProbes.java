package io.holdfast.api.probe;

import io.holdfast.api.job.JobFailed;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.JobSucceeded;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.repository.ProbeJobs;
import io.holdfast.api.repository.RepositoryProbed;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.RepositorySpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.List;

/** Submits probes and hands their results on. */
@ApplicationScoped
public class RepositoryProbes implements ProbeJobs {
  @Inject JobService jobs;
  @Inject Event<RepositoryProbed> probed;

  @Override
  public String submit(RepositorySpec repository, String pool, String triggeredBy) {
    return jobs.submit(
            JobKind.PROBE, null, pool, new JobSpec.Probe(repository), SubmitOptions.by(triggeredBy))
        .id();
  }

  void succeeded(@Observes JobSucceeded done) {
    if (done.result() instanceof JobResult.Probed result) {
      probed.fire(
          new RepositoryProbed(
              done.spec().repository().name(),
              done.jobId().value(),
              done.at(),
              result.capabilities(),
              result.findings()));
    }
  }

  void failed(@Observes JobFailed done) {
    if (done.spec() instanceof JobSpec.Probe probe) {
      probed.fire(
          new RepositoryProbed(
              probe.repository().name(),
              done.jobId().value(),
              done.at(),
              null,
              List.of(
                  new JobResult.Finding(
                      "probe", "FAILED", done.problem().detail(), done.problem().hint()))));
    }
  }
}
