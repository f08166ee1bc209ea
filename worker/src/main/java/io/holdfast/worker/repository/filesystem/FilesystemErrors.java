package io.holdfast.worker.repository.filesystem;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.ReadOnlyFileSystemException;

/** What the file system says, in Holdfast's codes. The one place that knows its wording. */
final class FilesystemErrors {
  private FilesystemErrors() {}

  /**
   * @param action such as {@code write}, for the message
   */
  static JobFailure translate(String action, String key, IOException e) {
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    String said = reason == null ? e.getClass().getSimpleName() : reason;
    String detail = "cannot " + action + " '" + key + "' in the repository directory: " + said;
    if (said.contains("No space left") || said.contains("quota exceeded")) {
      return new JobFailure(
          ErrorCode.NO_SPACE, detail, "Free space in the repository, or expire backups.", e);
    }
    if (e instanceof AccessDeniedException
        || e instanceof FileSystemLoopException
        || said.contains("Read-only file system")
        || said.contains("Operation not permitted")) {
      return new JobFailure(
          ErrorCode.REPOSITORY_REFUSED,
          detail,
          "The worker's user needs to read and write the repository directory.",
          e);
    }
    return new JobFailure(
        ErrorCode.REPOSITORY_UNAVAILABLE,
        detail,
        "Look at the file system of the repository directory on the worker.",
        e);
  }

  static JobFailure readOnly(ReadOnlyFileSystemException e) {
    return new JobFailure(
        ErrorCode.REPOSITORY_REFUSED,
        "the repository directory is on a read-only file system",
        "Mount it writable on the worker.",
        e);
  }

  static JobFailure absent(String key) {
    return new JobFailure(
        ErrorCode.ARTIFACT_DAMAGED,
        "the repository holds no '" + key + "'",
        "The object was removed after the backup was committed.");
  }
}
