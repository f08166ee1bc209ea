package io.holdfast.worker.repository.s3;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.minio.errors.ErrorResponseException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * What the store or the client says, in Holdfast's codes. The one place that knows their wording.
 */
final class S3Errors {
  private static final Set<String> FULL =
      Set.of("QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "StorageFull");

  /** Damaged on the way, a lost race inside the store, or a passing state of it. */
  private static final Set<String> PASSING =
      Set.of(
          "BadDigest",
          "XAmzContentSHA256Mismatch",
          "XAmzContentChecksumMismatch",
          "IncompleteBody",
          "RequestTimeout",
          "SlowDown",
          "TooManyRequests",
          "OperationAborted",
          "ConditionalRequestConflict",
          "Conflict",
          "InternalError",
          "ServiceUnavailable");

  private S3Errors() {}

  static Throwable unwrap(Throwable e) {
    Throwable at = e;
    while ((at instanceof CompletionException || at instanceof ExecutionException)
        && at.getCause() != null) {
      at = at.getCause();
    }
    return at;
  }

  /** The store's own code, such as {@code NoSuchKey}; empty when it did not get to say one. */
  static String code(Throwable e) {
    return e instanceof ErrorResponseException said ? said.errorResponse().code() : "";
  }

  /**
   * @param action such as {@code read}, for the message
   * @param e unwrapped
   */
  static JobFailure translate(String action, String key, Throwable e) {
    String detail = "cannot " + action + " '" + key + "' in the bucket: " + describe(e);
    if (e instanceof ErrorResponseException said) {
      return answered(said.errorResponse().code(), said.response().code(), detail, e);
    }
    if (causedBy(e, CertificateException.class)) {
      return new JobFailure(
          ErrorCode.REPOSITORY_REFUSED,
          detail,
          "The worker does not trust the store's certificate: give its authority as"
              + " certificateAuthorityFile in the worker's credentials file.",
          e);
    }
    return unavailable(detail, e);
  }

  private static JobFailure answered(String code, int status, String detail, Throwable e) {
    if (FULL.contains(code) || status == 507) {
      return new JobFailure(
          ErrorCode.NO_SPACE, detail, "Free space in the repository, or raise its quota.", e);
    }
    boolean passing = status >= 500 && status != 501 || status == 408 || status == 429;
    if (passing || PASSING.contains(code) || status < 300) {
      return unavailable(detail, e);
    }
    return new JobFailure(
        ErrorCode.REPOSITORY_REFUSED,
        detail,
        "Check the bucket's name, its region and what the access key may do there.",
        e);
  }

  private static JobFailure unavailable(String detail, Throwable e) {
    return new JobFailure(
        ErrorCode.REPOSITORY_UNAVAILABLE,
        detail,
        "Look at the object store and at the network between it and the worker.",
        e);
  }

  static JobFailure absent(String key) {
    return new JobFailure(
        ErrorCode.ARTIFACT_DAMAGED,
        "the bucket holds no '" + key + "'",
        "The object was removed after the backup was committed.");
  }

  private static String describe(Throwable e) {
    if (e instanceof ErrorResponseException said) {
      return said.errorResponse().code() + " (HTTP " + said.response().code() + ")";
    }
    // Other messages of the client may quote a whole answer.
    return e instanceof IOException
        ? e.getClass().getSimpleName() + ": " + e.getMessage()
        : e.getClass().getSimpleName();
  }

  private static boolean causedBy(Throwable e, Class<? extends Throwable> type) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return true;
      }
    }
    return false;
  }
}
