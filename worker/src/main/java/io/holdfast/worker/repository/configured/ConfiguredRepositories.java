package io.holdfast.worker.repository.configured;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.repository.Retry;
import io.holdfast.worker.repository.RetryingRepository;
import io.holdfast.worker.repository.filesystem.FilesystemRepository;
import io.holdfast.worker.repository.s3.S3Repository;
import io.holdfast.worker.repository.s3.S3Settings;
import io.holdfast.worker.secret.Credentials;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;

/** Asks the worker's credentials file before it opens anything. */
public final class ConfiguredRepositories implements RepositoryFactory {
  private final Credentials credentials;
  private final Waiter waiter;
  private final Clock clock;

  public ConfiguredRepositories(Credentials credentials, Waiter waiter) {
    this(credentials, waiter, Clock.systemUTC());
  }

  /**
   * @param clock that locks of objects run by
   */
  public ConfiguredRepositories(Credentials credentials, Waiter waiter, Clock clock) {
    this.credentials = credentials;
    this.waiter = waiter;
    this.clock = clock;
  }

  @Override
  public Repository open(RepositorySpec spec) {
    Repository driver =
        switch (spec) {
          case FilesystemRepositorySpec directory -> filesystem(directory);
          case S3RepositorySpec s3 ->
              new S3Repository(
                  s3,
                  credentials.s3(s3.credentialsRef(), s3.endpoint(), s3.bucket()),
                  S3Settings.defaults(),
                  waiter,
                  clock);
        };
    return new RetryingRepository(driver, Retry.standard(waiter));
  }

  private Repository filesystem(FilesystemRepositorySpec spec) {
    Path path;
    try {
      path = Path.of(spec.path());
    } catch (InvalidPathException e) {
      throw refused(spec);
    }
    if (!credentials.allowsRepositoryPath(path)) {
      throw refused(spec);
    }
    return new FilesystemRepository(path);
  }

  private static JobFailure refused(FilesystemRepositorySpec spec) {
    return new JobFailure(
        ErrorCode.COMMAND_REFUSED,
        "the directory of repository '" + spec.name() + "' is not below an allowed root",
        "List a root above it under roots.repositories in the worker's credentials file.");
  }
}
