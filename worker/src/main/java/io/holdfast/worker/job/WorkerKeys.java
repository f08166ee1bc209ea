package io.holdfast.worker.job;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.RepositoryKeys;
import io.holdfast.worker.repository.s3.S3Keys;
import io.holdfast.worker.secret.Credentials;
import java.nio.file.Path;

/** Answers the repositories' questions from the credentials file. */
record WorkerKeys(Credentials credentials) implements RepositoryKeys {
  @Override
  public S3Keys s3(SecretRef ref, String endpoint, String bucket) {
    io.holdfast.worker.secret.S3Keys keys = credentials.s3(ref, endpoint, bucket);
    return new S3Keys(keys.accessKey(), keys.secretKey());
  }

  @Override
  public Path filesystem(String path) {
    Path directory = Path.of(path);
    if (!directory.isAbsolute() || !credentials.allowsRepositoryPath(directory)) {
      throw new JobFailure(
          ErrorCode.COMMAND_REFUSED,
          "the repository directory '" + path + "' lies outside this worker's allowed roots",
          "add a root to roots.repositories of the worker's credentials file");
    }
    return directory;
  }
}
