package io.holdfast.api.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.UncheckedIOException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.MDC;

/** Writes problem documents, also for what is refused before a resource is looked for. */
@ApplicationScoped
public class ProblemWriter {
  /** Ahead of the server's own length check, which answers without a body. */
  private static final int BEFORE_THE_SERVER = 1000;

  @Inject ObjectMapper mapper;

  @ConfigProperty(name = "quarkus.http.limits.max-body-size")
  MemorySize maxBody;

  public String json(ApiProblem problem, String traceId) {
    try {
      return mapper.writeValueAsString(ProblemView.of(problem, traceId));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  void register(@Observes Filters filters) {
    filters.register(this::checkLength, BEFORE_THE_SERVER);
  }

  private void checkLength(RoutingContext request) {
    String traceId = RequestTrace.of(request);
    request.response().putHeader("X-Request-Id", traceId);
    MDC.put("traceId", traceId);
    if (declaredLength(request) <= maxBody.asLongValue()) {
      request.next();
      return;
    }
    // The body stays unread, so the connection cannot be used again.
    request
        .response()
        .setStatusCode(413)
        .putHeader("Content-Type", ProblemView.MEDIA_TYPE)
        .putHeader("Connection", "close")
        .end(json(StatusProblems.of(413), traceId));
  }

  private static long declaredLength(RoutingContext request) {
    String length = request.request().getHeader("Content-Length");
    try {
      return length == null ? 0 : Long.parseLong(length.strip());
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }
}
