package io.holdfast.worker.repository;

import io.holdfast.model.SecretRef;
import io.holdfast.worker.repository.s3.S3Keys;
import java.nio.file.Path;

/** What this worker's own configuration allows and knows: asked before a repository is opened. */
public interface RepositoryKeys {
  /**
   * @return the keys for exactly this endpoint and bucket
   * @throws io.holdfast.worker.failure.JobFailure CREDENTIALS_UNKNOWN or COMMAND_REFUSED
   */
  S3Keys s3(SecretRef ref, String endpoint, String bucket);

  /**
   * @return the directory, when it lies below an allowed root
   * @throws io.holdfast.worker.failure.JobFailure COMMAND_REFUSED otherwise
   */
  Path filesystem(String path);
}
