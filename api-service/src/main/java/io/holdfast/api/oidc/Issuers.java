package io.holdfast.api.oidc;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The declared issuers, by the claim {@code iss}. None of them is asked for anything at the start:
 * the service starts while they are away, and API keys work meanwhile.
 */
@ApplicationScoped
public class Issuers {
  private final Map<String, Issuer> byUrl = new HashMap<>();
  private final Duration clockSkew;

  Issuers(OidcConfig config, Clock clock) {
    this.clockSkew = config.clockSkew();
    IssuerKeys.Ages ages =
        new IssuerKeys.Ages(config.keysFreshFor(), config.keysKeptFor(), config.keysAskedEvery());
    KeySource source =
        (name, url, jwks) ->
            new IssuerKeys(name, new IssuerDocuments(url, jwks, clock)::keys, ages, clock);
    config
        .issuers()
        .forEach(
            (name, issuer) -> {
              Issuer declared = IssuerDeclaration.read(name, issuer, source);
              if (byUrl.putIfAbsent(declared.url(), declared) != null) {
                throw new ConfigurationException(
                    "holdfast.oidc.issuers has " + declared.url() + " twice; give one more rules");
              }
            });
  }

  /** Makes a wrong declaration stop the start, not the first request. */
  void check(@Observes StartupEvent start) {}

  Optional<Issuer> of(String url) {
    return Optional.ofNullable(byUrl.get(url));
  }

  Duration clockSkew() {
    return clockSkew;
  }
}
