package io.holdfast.api.rate;

import io.holdfast.api.access.BearerKeyMechanism;
import io.holdfast.api.problem.ApiProblem;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Counts the requests of each caller, on this replica, once the caller is known: what is refused
 * for its key or token never gets here. A wait or a stream counts once.
 */
public class RequestRate {
  private static final int MAX_CALLERS = 10_000;

  @Inject RateConfig config;
  @Inject MeterRegistry metrics;
  @Inject Clock clock;

  /** Only who is known gets this far: as many as there are keys, and subjects of tokens. */
  private final Map<String, Allowance> allowances = new ConcurrentHashMap<>();

  /** There from the start: a counter that is not there cannot be watched. */
  void start(@Observes StartupEvent starting) {
    metrics.counter("holdfast.requests.limited").increment(0);
  }

  @ServerRequestFilter
  public void count(RoutingContext request) {
    String key = request.get(BearerKeyMechanism.KEY_ID);
    if (key == null || config.requestsPerSecond() <= 0) {
      return;
    }
    if (allowances.size() >= MAX_CALLERS) {
      // A platform may have a subject for every branch; beginning anew gives each a burst more.
      allowances.clear();
    }
    Duration wait =
        allowances
            .computeIfAbsent(
                key, unknown -> new Allowance(config.requestsPerSecond(), config.burst()))
            .take(clock.instant());
    if (wait.isPositive()) {
      metrics.counter("holdfast.requests.limited").increment();
      throw ApiProblem.tooManyRequests(
          "One caller may send " + config.requestsPerSecond() + " requests a second.",
          wait.plusMillis(999).toSeconds());
    }
  }
}
