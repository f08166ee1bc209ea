package io.holdfast.api.problem;

import java.util.List;

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

  public ApiProblem(int status, String code, String detail, String hint) {
    this(status, code, detail, hint, List.of());
  }

  public ApiProblem(
      int status, String code, String detail, String hint, List<Violation> violations) {
    super(detail);
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.violations = List.copyOf(violations);
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
}
