package io.holdfast.api.problem;

import java.util.List;
import java.util.Optional;

/**
 * A request cannot be carried out. Rendered as {@code application/problem+json}.
 *
 * <p>{@code code} is stable kebab-case, {@code detail} one sentence with the values that matter,
 * {@code hint} what to look at; none holds a secret, SQL or a path of the server.
 */
public final class ApiProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final String code;
  private final String hint;
  private final transient List<Violation> violations;
  private final Long retryAfterSeconds;

  public ApiProblem(int status, String code, String detail, String hint) {
    this(status, code, detail, hint, List.of());
  }

  public ApiProblem(
      int status, String code, String detail, String hint, List<Violation> violations) {
    this(status, code, detail, hint, violations, null);
  }

  private ApiProblem(
      int status,
      String code,
      String detail,
      String hint,
      List<Violation> violations,
      Long retryAfterSeconds) {
    super(detail);
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.violations = List.copyOf(violations);
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** A field, as a JSON path such as {@code nodes[0].port}, and what is wrong with it. */
  public record Violation(String field, String message) {}

  public static ApiProblem notFound(String what, String name) {
    return new ApiProblem(
        404, "not-found", "There is no " + what + " '" + name + "'.", "List what you may see.");
  }

  public static ApiProblem invalid(String field, String message, String hint) {
    return new ApiProblem(
        422,
        "invalid-request",
        field + ": " + message,
        hint,
        List.of(new Violation(field, message)));
  }

  /** A parameter that is not of its type or range. */
  public static ApiProblem badParameter(String name, String message, String hint) {
    return new ApiProblem(
        400,
        "invalid-parameter",
        name + ": " + message,
        hint,
        List.of(new Violation(name, message)));
  }

  public static ApiProblem tooManyRequests(String detail, long retryAfterSeconds) {
    return new ApiProblem(
        429,
        "too-many-requests",
        detail,
        "Wait as long as Retry-After says; ?wait= on a job saves polling.",
        List.of(),
        retryAfterSeconds);
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  public String hint() {
    return hint;
  }

  public List<Violation> violations() {
    return violations;
  }

  /** Empty: asking again soon is not what helps, or nobody knows when. */
  public Optional<Long> retryAfterSeconds() {
    return Optional.ofNullable(retryAfterSeconds);
  }
}
