package io.holdfast.worker.failure;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Problem;

/**
 * A step failed in a way it can name. Foreign exceptions become one at the edge that knows them,
 * with the cause kept; the detail carries values but never a secret or row data.
 */
public final class JobFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient ErrorCode code;
  private final String hint;

  public JobFailure(ErrorCode code, String detail, String hint) {
    this(code, detail, hint, null);
  }

  public JobFailure(ErrorCode code, String detail, String hint, Throwable cause) {
    super(detail, cause);
    this.code = code;
    this.hint = hint;
  }

  public ErrorCode code() {
    return code;
  }

  public String hint() {
    return hint;
  }

  public Problem problem() {
    return Problem.of(code, getMessage(), hint);
  }
}
