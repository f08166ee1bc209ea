package io.holdfast.worker.repository.s3;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The whole object read again, where the store's own digest cannot be compared. */
final class Readback {
  private static final int BUFFER_BYTES = 256 * 1024;

  private Readback() {}

  /** Closes the stream. */
  static String sha256(InputStream stored) {
    try (stored) {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[BUFFER_BYTES];
      int read;
      while ((read = stored.read(buffer)) >= 0) {
        sha256.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.REPOSITORY_UNAVAILABLE,
          "reading an object back broke: " + e.getMessage(),
          "Look at the object store and at the network between it and the worker.",
          e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
