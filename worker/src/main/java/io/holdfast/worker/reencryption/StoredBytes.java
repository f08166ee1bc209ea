package io.holdfast.worker.reencryption;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/** Objects of a few megabytes, whole. */
final class StoredBytes {
  private StoredBytes() {}

  /** Empty when there is no such object, or none any more. */
  static Optional<byte[]> find(Repository repository, String key) {
    try (InputStream in = repository.open(key)) {
      return Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw broken(key, e);
    } catch (JobFailure failure) {
      if (repository.stat(key).isEmpty()) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /**
   * Puts an object in the place of another, in one step, and reads it back.
   *
   * @return false when there is none any more: what has expired is not made again
   * @throws JobFailure STORED_BYTES_DIFFER when the store gives back something else
   */
  static boolean replace(Repository repository, String key, byte[] content) {
    if (!repository.replace(key, content)) {
      return false;
    }
    Optional<byte[]> stored = find(repository, key);
    if (stored.isPresent() && !Arrays.equals(stored.get(), content)) {
      throw new JobFailure(
          ErrorCode.STORED_BYTES_DIFFER,
          "'" + key + "' was confirmed by the repository, but what it gives back differs",
          "The repository, or something between it and the worker, changes or loses bytes.");
    }
    return true;
  }

  private static JobFailure broken(String key, IOException e) {
    return new JobFailure(
        ErrorCode.REPOSITORY_UNAVAILABLE,
        "moving '" + key + "' broke: " + e.getMessage(),
        "Look at the repository and at the connection to it.",
        e);
  }
}
