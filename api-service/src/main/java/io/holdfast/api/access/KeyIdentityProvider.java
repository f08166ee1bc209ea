package io.holdfast.api.access;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.Optional;

/** Turns a presented key into an identity, or refuses it in one sentence. */
@ApplicationScoped
public class KeyIdentityProvider implements IdentityProvider<KeyPresented> {
  @Inject KeyRing ring;
  @Inject Clock clock;

  @Override
  public Class<KeyPresented> getRequestType() {
    return KeyPresented.class;
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      KeyPresented request, AuthenticationRequestContext context) {
    Optional<KnownKey> known = ring.recall(request.key());
    return known.isPresent()
        ? Uni.createFrom().item(() -> identity(known))
        : context.runBlocking(() -> identity(ring.look(request.key())));
  }

  private SecurityIdentity identity(Optional<KnownKey> known) {
    KnownKey key =
        known.orElseThrow(() -> new AuthenticationFailedException("This API key is not known."));
    String refused = key.refusedBecause(clock.instant());
    if (refused != null) {
      throw new AuthenticationFailedException(refused);
    }
    return new Grant(key.id(), key.roles(), key.clusters()).identity();
  }
}
