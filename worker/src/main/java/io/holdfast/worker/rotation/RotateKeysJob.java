package io.holdfast.worker.rotation;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.ResourceName;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.JobResult.KeysRotated;
import io.holdfast.model.job.JobSpec;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.encryption.KeyRotation;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.secret.Credentials;
import java.util.ArrayList;
import java.util.List;

/**
 * Has every data key of a cluster wrapped by one key-encryption key, so that the others can go. May
 * be done again any number of times; a data key that cannot be turned keeps none of the others from
 * it.
 */
public final class RotateKeysJob {
  private static final int MOST_NAMED = 20;

  private final RepositoryFactory repositories;
  private final Credentials credentials;

  public RotateKeysJob(RepositoryFactory repositories, Credentials credentials) {
    this.repositories = repositories;
    this.credentials = credentials;
  }

  /**
   * @throws JobFailure the code of the first data key that was not turned, after all the others
   *     were
   */
  public KeysRotated run(JobSpec.RotateKeys spec, Attempt attempt) {
    try (Repository repository = repositories.open(spec.repository())) {
      KeyRotation rotation = new KeyRotation(repository, new Keyring(credentials));
      attempt.phase("LISTING", null);
      List<String> homes =
          rotation
              .find("clusters/" + ResourceName.check("cluster name", spec.cluster()) + "/")
              .homes();
      attempt.phase("WRAPPING", null);
      int wrapped = 0;
      List<String> left = new ArrayList<>();
      JobFailure first = null;
      for (String home : homes) {
        try {
          wrapped += rotation.rewrap(home, spec.key(), attempt::requireHeld) ? 1 : 0;
        } catch (JobFailure failure) {
          if (failure.code() == ErrorCode.REPOSITORY_UNAVAILABLE
              || failure.code() == ErrorCode.SUPERSEDED) {
            throw failure;
          }
          left.add("'" + home + "' (" + failure.getMessage() + ")");
          first = first == null ? failure : first;
        }
        attempt.advanced(0);
      }
      if (first != null) {
        throw new JobFailure(
            first.code(),
            left.size()
                + " of "
                + homes.size()
                + " data keys were not turned to key '"
                + spec.key()
                + "': "
                + String.join("; ", left.subList(0, Math.min(MOST_NAMED, left.size()))),
            "Keep the key that they are wrapped by until a rotation has turned them.",
            first);
      }
      return new KeysRotated(
          spec.cluster(),
          spec.key().name(),
          wrapped,
          homes.size(),
          List.of(
              new Finding(
                  "keys",
                  "OK",
                  "All "
                      + homes.size()
                      + " data keys are wrapped by key '"
                      + spec.key()
                      + "' alone, "
                      + wrapped
                      + " of them since now.",
                  null)));
    }
  }
}
