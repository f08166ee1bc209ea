package io.holdfast.api.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;

/** What is wrong with a JSON body, without Jackson's words: they name classes of ours. */
public final class BodyProblems {
  private BodyProblems() {}

  public static ApiProblem of(JsonProcessingException invalid) {
    if (constraint(invalid)) {
      return new ApiProblem(
          422,
          "invalid-request",
          "The body is nested too deep or holds a value that is too long.",
          "Nest at most 32 levels; send strings of at most 64 KiB.");
    }
    if (invalid instanceof UnrecognizedPropertyException unknown) {
      return ApiProblem.invalid(
          Fields.ofJson(unknown), "is not a field of this request", "Check the spelling.");
    }
    if (invalid instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      String field = Fields.ofJson(mapping);
      return mapping.getCause() instanceof IllegalArgumentException domain
          ? value(field, domain.getMessage())
          : ApiProblem.invalid(
              field,
              "has a value of the wrong type or form",
              "Check the field against the OpenAPI document.");
    }
    return new ApiProblem(
        400,
        "malformed-request",
        "The body is not the JSON that this operation takes.",
        "Send one JSON object; check quotes, commas and braces.");
  }

  public static ApiProblem value(String field, String message) {
    return ApiProblem.invalid(
        field,
        message == null ? "is not valid" : message,
        "Correct the value and send the request again.");
  }

  private static boolean constraint(Throwable invalid) {
    for (Throwable t = invalid; t != null; t = t.getCause()) {
      if (t instanceof StreamConstraintsException) {
        return true;
      }
    }
    return false;
  }
}
