package io.holdfast.api.audit;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Clock;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;
import org.jboss.resteasy.reactive.server.SimpleResourceInfo;

/** Sees every request to the API, refused ones too, and notes it when its answer is out. */
public class RequestTrail {
  private static final int EARLY = 900;
  private static final String API = "/api/";

  @Inject AccessTrail accesses;
  @Inject Clock clock;

  void register(@Observes Filters filters) {
    filters.register(this::watch, EARLY);
  }

  private void watch(RoutingContext request) {
    String path = request.request().path();
    if (path != null && path.startsWith(API)) {
      // A stream that lives for hours is an access from its first byte, but is noted at its end.
      request.addEndHandler(
          ended ->
              accesses.add(
                  AuditEntry.of(
                      "ACCESS", clock.instant(), request, request.response().getStatusCode())));
    }
    request.next();
  }

  @ServerRequestFilter
  public void routed(SimpleResourceInfo resource, RoutingContext request) {
    note(resource, request);
  }

  /** For what was refused before the request filters had their turn. */
  @ServerResponseFilter
  public void answered(SimpleResourceInfo resource, RoutingContext request) {
    note(resource, request);
  }

  private static void note(SimpleResourceInfo resource, RoutingContext request) {
    if (resource != null && resource.getResourceClass() != null) {
      request.put(AuditEntry.OPERATION, Operations.id(resource));
    }
  }
}
