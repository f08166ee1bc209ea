package io.holdfast.api.access;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The first key, from {@code holdfast.bootstrap-admin-key}: an admin of every cluster, kept in
 * memory as a hash and stored nowhere. It is taken away by taking it out of the configuration.
 */
@ApplicationScoped
public class BootstrapKey {
  private final Optional<KnownKey> key;

  BootstrapKey(@ConfigProperty(name = "holdfast.bootstrap-admin-key") Optional<String> configured) {
    this.key = configured.filter(text -> !text.isBlank()).map(BootstrapKey::admin);
  }

  /** Makes a malformed key stop the start, not the first request. */
  void check(@Observes StartupEvent start) {}

  Optional<KnownKey> find(ApiKeyText presented) {
    return key.filter(known -> presented.matches(known.hash()));
  }

  private static KnownKey admin(String configured) {
    ApiKeyText text =
        ApiKeyText.parse(configured)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "holdfast.bootstrap-admin-key is not an API key: it must be 'hfk_', 12 of"
                            + " a-z and 2-7, '_', and 43 characters of base64url (32 random"
                            + " bytes)"));
    return new KnownKey(
        text.id(), text.hash(), Grant.implied(Set.of(Role.ADMIN)), Optional.empty(), null, false);
  }
}
