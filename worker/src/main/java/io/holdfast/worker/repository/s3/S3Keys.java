package io.holdfast.worker.repository.s3;

/** An S3 access key and its secret; says neither when printed. */
public record S3Keys(String accessKey, String secretKey) {
  @Override
  public String toString() {
    return "S3Keys[redacted]";
  }
}
