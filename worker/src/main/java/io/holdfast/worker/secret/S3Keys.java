package io.holdfast.worker.secret;

/** Keys of an S3 server. */
public record S3Keys(String accessKey, String secretKey) {
  @Override
  public String toString() {
    return "S3Keys[redacted]";
  }
}
