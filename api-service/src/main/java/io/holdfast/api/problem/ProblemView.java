package io.holdfast.api.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/** The body of every error: RFC 9457 with a stable code, a hint and the id of the request. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ProblemView(
    String type,
    String title,
    int status,
    String code,
    String detail,
    String hint,
    String traceId,
    List<ApiProblem.Violation> violations) {
  public static final String MEDIA_TYPE = "application/problem+json";

  static ProblemView of(ApiProblem problem, String traceId) {
    String words = problem.code().replace('-', ' ');
    return new ProblemView(
        "urn:holdfast:problem:" + problem.code(),
        Character.toUpperCase(words.charAt(0)) + words.substring(1),
        problem.status(),
        problem.code(),
        problem.getMessage(),
        problem.hint(),
        traceId,
        problem.violations());
  }
}
