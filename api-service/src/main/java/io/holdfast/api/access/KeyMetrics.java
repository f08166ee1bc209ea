package io.holdfast.api.access;

import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.MetricSource;
import io.holdfast.api.metrics.Series;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** API keys that will expire. One that nobody has used for a month is missed by nobody. */
@ApplicationScoped
class KeyMetrics implements MetricSource {
  private static final Duration IN_USE = Duration.ofDays(30);

  @Inject EntityManager entities;
  @Inject Families families;
  @Inject Clock clock;

  private Family expiry;

  @PostConstruct
  void start() {
    expiry =
        families.gauge(
            "holdfast_api_key_next_expiry_timestamp_seconds",
            "When the next API key expires that was used in the last 30 days; 0: none does");
  }

  @Override
  public String subject() {
    return "API keys";
  }

  @Override
  @Transactional
  public void look() {
    Instant now = clock.instant();
    Instant next =
        (Instant)
            entities
                .createNativeQuery(
                    "select min(expires_at) from api_key where revoked_at is null and expires_at >"
                        + " :now and last_used_at > :used",
                    Instant.class)
                .setParameter("now", now)
                .setParameter("used", now.minus(IN_USE))
                .getSingleResult();
    expiry.show(List.of(Series.at(next)));
  }
}
