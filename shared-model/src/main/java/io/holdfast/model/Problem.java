package io.holdfast.model;

/**
 * Why something did not work.
 *
 * @param code stable, from {@link ErrorCode}; a string on the wire so that a reader tolerates codes
 *     it does not know
 * @param detail one sentence with the values that matter; never a secret, a row or a stack
 * @param hint what to look at or do next
 * @param retryable whether the same request may succeed later without a change by a person
 */
public record Problem(String code, String detail, String hint, boolean retryable) {
  public static Problem of(ErrorCode code, String detail, String hint) {
    return new Problem(code.name(), detail, hint, code.retryable());
  }
}
