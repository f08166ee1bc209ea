package io.holdfast.api.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.inject.Inject;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns whatever goes wrong behind a resource into the one problem document. */
public class ProblemMappers {
  private static final Logger LOG = Logger.getLogger(ProblemMappers.class);
  private static final int MAX_VIOLATIONS = 50;

  @Inject ProblemWriter writer;
  @Inject CurrentVertxRequest request;

  @ServerExceptionMapper
  public Response problem(ApiProblem problem) {
    return answer(problem);
  }

  @ServerExceptionMapper({AuthenticationFailedException.class, UnauthorizedException.class})
  public Response unauthenticated(SecurityException refused) {
    return answer(
        new ApiProblem(
            401,
            "unauthenticated",
            refused instanceof AuthenticationFailedException && refused.getMessage() != null
                ? refused.getMessage()
                : "This needs an API key.",
            "Send 'Authorization: Bearer hfk_...' with a key that is neither expired nor"
                + " revoked."));
  }

  @ServerExceptionMapper
  public Response forbidden(ForbiddenException refused) {
    return answer(
        new ApiProblem(
            403,
            "forbidden",
            "The role of this caller does not allow this.",
            "Use a key or token with the needed role; restore and administration are not part of"
                + " operator."));
  }

  @ServerExceptionMapper
  public Response invalid(ConstraintViolationException invalid) {
    List<ApiProblem.Violation> violations = new ArrayList<>();
    for (ConstraintViolation<?> violation : invalid.getConstraintViolations()) {
      violations.add(
          new ApiProblem.Violation(
              Fields.ofViolation(violation.getPropertyPath()), violation.getMessage()));
    }
    violations.sort(Comparator.comparing(ApiProblem.Violation::field));
    List<ApiProblem.Violation> shown =
        violations.subList(0, Math.min(violations.size(), MAX_VIOLATIONS));
    return answer(
        new ApiProblem(
            422,
            "invalid-request",
            shown.isEmpty()
                ? "The request is not valid."
                : shown.get(0).field() + ": " + shown.get(0).message(),
            "Correct the fields listed in violations.",
            shown));
  }

  @ServerExceptionMapper
  public Response unknownField(UnrecognizedPropertyException unknown) {
    return answer(
        ApiProblem.invalid(
            Fields.ofJson(unknown), "is not a field of this request", "Check the spelling."));
  }

  @ServerExceptionMapper
  public Response wrongType(MismatchedInputException mismatched) {
    return answer(BodyProblems.of(mismatched));
  }

  @ServerExceptionMapper
  public Response wrongBody(JsonMappingException invalid) {
    return answer(BodyProblems.of(invalid));
  }

  /** Value types check themselves; their message names the rule. */
  @ServerExceptionMapper
  public Response wrongValue(IllegalArgumentException invalid) {
    LOG.debugf(invalid, "refused as invalid, traceId=%s", trace());
    return answer(BodyProblems.value("request", invalid.getMessage()));
  }

  @ServerExceptionMapper
  public Response http(WebApplicationException failed) {
    if (failed.getCause() instanceof JsonProcessingException json) {
      return answer(BodyProblems.of(json));
    }
    // A path or query parameter that cannot be converted is reported as "not found".
    if (failed instanceof NotFoundException && failed.getCause() != null) {
      return answer(
          ApiProblem.badParameter(
              "parameter",
              "a value is not of the parameter's type",
              "limit, wait, pending and status are whole numbers; see /q/openapi."));
    }
    int status = failed.getResponse().getStatus();
    if (status < 400) {
      return failed.getResponse();
    }
    ApiProblem problem = StatusProblems.of(status);
    if (status >= 500) {
      LOG.errorf(failed, "request failed, traceId=%s", trace());
    }
    Response answer = answer(problem);
    String allow = failed.getResponse().getHeaderString(HttpHeaders.ALLOW);
    return allow == null
        ? answer
        : Response.fromResponse(answer).header(HttpHeaders.ALLOW, allow).build();
  }

  @ServerExceptionMapper
  public Response unexpected(Throwable defect) {
    if (CatalogTrouble.causes(defect)) {
      LOG.warnf("the catalog cannot be reached, traceId=%s: %s", trace(), defect.getMessage());
      return answer(StatusProblems.of(503));
    }
    LOG.errorf(defect, "request failed, traceId=%s", trace());
    return answer(StatusProblems.of(500));
  }

  private Response answer(ApiProblem problem) {
    Response.ResponseBuilder answer =
        Response.status(problem.status())
            .type(ProblemView.MEDIA_TYPE)
            .entity(writer.json(problem, trace()));
    if (problem.status() == 401) {
      answer.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"holdfast\"");
    }
    if (problem.status() == 429 || problem.status() == 503) {
      answer.header(HttpHeaders.RETRY_AFTER, problem.retryAfterSeconds().orElse(5L));
    }
    return answer.build();
  }

  private String trace() {
    return RequestTrace.of(request.getCurrent());
  }
}
