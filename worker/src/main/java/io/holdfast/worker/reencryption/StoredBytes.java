package io.holdfast.worker.reencryption;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.StagedObject;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Objects of a few megabytes, whole. */
final class StoredBytes {
  private StoredBytes() {}

  static byte[] of(Repository repository, String key) {
    try (InputStream in = repository.open(key)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw broken(key, e);
    }
  }

  /**
   * Puts an object in the place of another, in one step, and reads it back.
   *
   * @throws JobFailure STORED_BYTES_DIFFER when the store gives back something else
   */
  static void replace(Repository repository, String key, byte[] content) {
    try (StagedObject staged = repository.stage(key, content.length)) {
      staged.write(content);
      staged.commit(sha256(content));
    } catch (IOException e) {
      throw broken(key, e);
    }
    if (!Arrays.equals(of(repository, key), content)) {
      throw new JobFailure(
          ErrorCode.STORED_BYTES_DIFFER,
          "'" + key + "' was confirmed by the repository, but what it gives back differs",
          "The repository, or something between it and the worker, changes or loses bytes.");
    }
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static JobFailure broken(String key, IOException e) {
    return new JobFailure(
        ErrorCode.REPOSITORY_UNAVAILABLE,
        "moving '" + key + "' broke: " + e.getMessage(),
        "Look at the repository and at the connection to it.",
        e);
  }
}
