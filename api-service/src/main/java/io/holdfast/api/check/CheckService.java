package io.holdfast.api.check;

import io.holdfast.api.access.Caller;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.idempotency.Idempotency;
import io.holdfast.api.job.Accepted;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobSpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.Map;

/** Takes requests for checks. */
@ApplicationScoped
public class CheckService {
  @Inject ClusterService clusters;
  @Inject RepositoryService repositories;
  @Inject Idempotency idempotency;
  @Inject JobService jobs;
  @Inject Caller caller;

  @Transactional
  public Accepted request(String cluster, String idempotencyKey) {
    caller.requireCluster(cluster);
    ClusterSpec spec = clusters.spec(cluster);
    return idempotency.once(
        idempotencyKey,
        "POST /clusters/" + cluster + "/checks",
        Map.of(),
        () ->
            jobs.submit(
                JobKind.CHECK,
                cluster,
                clusters.pool(cluster),
                new JobSpec.Check(spec, repositories.spec(clusters.repository(cluster))),
                SubmitOptions.by(caller.keyId())));
  }
}
