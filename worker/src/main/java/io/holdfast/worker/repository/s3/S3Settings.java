package io.holdfast.worker.repository.s3;

import java.time.Duration;

/**
 * @param partSizeBytes of a multipart upload, 5 MiB at least; grows when an object would need more
 *     parts than S3 allows
 * @param partsInFlight uploaded at once by one staged object, which holds one buffer more than that
 * @param timeout without any byte moving, after which a call fails
 */
public record S3Settings(int partSizeBytes, int partsInFlight, Duration timeout) {
  private static final int MIB = 1024 * 1024;

  public static S3Settings defaults() {
    return new S3Settings(16 * MIB, 3, Duration.ofSeconds(45));
  }
}
