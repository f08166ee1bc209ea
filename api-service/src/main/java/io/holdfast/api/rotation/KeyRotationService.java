package io.holdfast.api.rotation;

import io.holdfast.api.access.Caller;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.idempotency.Idempotency;
import io.holdfast.api.job.Accepted;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.RepositorySpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;

/** Takes requests for rotations of keys. */
@ApplicationScoped
public class KeyRotationService {
  @Inject ClusterService clusters;
  @Inject RepositoryService repositories;
  @Inject Idempotency idempotency;
  @Inject JobService jobs;
  @Inject Caller caller;

  @Transactional
  public Accepted request(String cluster, KeyRotationRequest request, String idempotencyKey) {
    caller.requireCluster(cluster);
    ClusterSpec spec = clusters.spec(cluster);
    if (!(spec.encryption() instanceof EncryptionSpec.Envelope envelope)) {
      throw new ApiProblem(
          409,
          "not-enveloped",
          "The cluster '" + cluster + "' is not encrypted with envelope keys.",
          "Declare encryption with type ENVELOPE and the new key first.");
    }
    String name =
        request == null || request.repository() == null
            ? clusters.repository(cluster)
            : request.repository();
    RepositorySpec repository = repository(name);
    return idempotency.once(
        idempotencyKey,
        "POST /clusters/" + cluster + "/key-rotations",
        new KeyRotationRequest(name),
        () ->
            jobs.submit(
                JobKind.ROTATE_KEYS,
                cluster,
                clusters.pool(cluster),
                new JobSpec.RotateKeys(
                    cluster, clusters.place(cluster, repository.name()), envelope.key()),
                SubmitOptions.by(caller.keyId())));
  }

  private RepositorySpec repository(String name) {
    try {
      return repositories.spec(name);
    } catch (ApiProblem missing) {
      throw ApiProblem.invalid(
          "repository", "there is no repository '" + name + "'", "Name one that is declared.");
    }
  }
}
