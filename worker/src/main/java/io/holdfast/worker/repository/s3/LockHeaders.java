package io.holdfast.worker.repository.s3;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.repository.ObjectLock;
import io.holdfast.worker.failure.JobFailure;
import io.minio.Http;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/**
 * What is said with the writing of an object so that it is locked from its first moment on.
 *
 * @param lock null: nothing is locked
 */
record LockHeaders(ObjectLock lock, Clock clock) {
  static final LockHeaders NONE = new LockHeaders(null, null);

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  /** These headers and those of the lock. */
  Http.Headers with(Http.Headers headers) {
    if (lock != null) {
      if (lock.retainFor() == null) {
        throw new JobFailure(
            ErrorCode.REPOSITORY_REFUSED,
            "the repository locks what is written, and the command does not say for how long",
            "Declare retainFor; the control plane is of another version than this worker.");
      }
      headers.set("x-amz-object-lock-mode", lock.mode().name());
      headers.set(
          "x-amz-object-lock-retain-until-date",
          // Up to the next second: stores know no parts of one, and none may be missing.
          FORMAT.format(
              clock
                  .instant()
                  .plus(lock.retainFor())
                  .truncatedTo(ChronoUnit.SECONDS)
                  .plusSeconds(1)));
    }
    return headers;
  }
}
