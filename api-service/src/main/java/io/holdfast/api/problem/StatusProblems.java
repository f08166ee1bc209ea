package io.holdfast.api.problem;

/** The problem that stands for a bare HTTP status. */
final class StatusProblems {
  private StatusProblems() {}

  static ApiProblem of(int status) {
    return switch (status) {
      case 400 ->
          problem(400, "malformed-request", "The request cannot be read.", "Check its syntax.");
      case 404 -> problem(404, "not-found", "There is nothing here.", "Paths are in /q/openapi.");
      case 405 ->
          problem(405, "method-not-allowed", "This path does not take this method.", "See Allow.");
      case 406 ->
          problem(
              406,
              "not-acceptable",
              "None of the accepted media types can be produced.",
              "Accept application/json.");
      case 413 ->
          problem(413, "too-large", "The request body is too large.", "Send at most 1 MiB.");
      case 415 ->
          problem(
              415,
              "unsupported-media-type",
              "The body is of a media type that is not taken.",
              "Send Content-Type: application/json.");
      case 429 -> problem(429, "too-many-requests", "Too many requests.", "Wait Retry-After.");
      case 503 ->
          problem(
              503,
              "catalog-unavailable",
              "The catalog cannot be reached right now.",
              "Try again after Retry-After; look at the health of the API's database.");
      default ->
          status >= 500
              ? problem(
                  500,
                  "internal",
                  "Something went wrong on our side.",
                  "Look for traceId in the log of the API.")
              : problem(status, "refused", "The request is refused.", "Check the request.");
    };
  }

  private static ApiProblem problem(int status, String code, String detail, String hint) {
    return new ApiProblem(status, code, detail, hint);
  }
}
