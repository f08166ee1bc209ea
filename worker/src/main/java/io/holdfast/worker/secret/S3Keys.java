package io.holdfast.worker.secret;

import java.nio.file.Path;

/**
 * Keys of an S3 server.
 *
 * @param authority PEM file of the certificate authority that the server's certificate is checked
 *     with; null for those that the JVM or {@code SSL_CERT_FILE} trusts
 */
public record S3Keys(String accessKey, String secretKey, Path authority) {
  @Override
  public String toString() {
    return "S3Keys[redacted]";
  }
}
