package io.holdfast.api.access;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpCredentialTransport;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;

/** {@code Authorization: Bearer hfk_...}. */
@ApplicationScoped
public class BearerKeyMechanism implements HttpAuthenticationMechanism {
  /** Under which the request carries the id of the key that it was made with, for the audit. */
  public static final String KEY_ID = "holdfast.key-id";

  private static final String SCHEME = "bearer ";

  @Override
  public Uni<SecurityIdentity> authenticate(
      RoutingContext request, IdentityProviderManager identities) {
    List<String> headers = request.request().headers().getAll("Authorization");
    if (headers.isEmpty()) {
      return Uni.createFrom().nullItem();
    }
    if (headers.size() > 1 || !headers.get(0).regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return refused("Authorization must be one header of the form 'Bearer hfk_...'.");
    }
    return ApiKeyText.parse(headers.get(0).substring(SCHEME.length()).strip())
        .map(key -> identify(request, identities, key))
        .orElseGet(() -> refused("This is not an API key of Holdfast."));
  }

  private static Uni<SecurityIdentity> identify(
      RoutingContext request, IdentityProviderManager identities, ApiKeyText key) {
    return identities
        .authenticate(new KeyPresented(key))
        .invoke(identity -> request.put(KEY_ID, identity.getPrincipal().getName()));
  }

  private static Uni<SecurityIdentity> refused(String because) {
    return Uni.createFrom().failure(new AuthenticationFailedException(because));
  }

  @Override
  public Uni<ChallengeData> getChallenge(RoutingContext request) {
    return Uni.createFrom()
        .item(new ChallengeData(401, "WWW-Authenticate", "Bearer realm=\"holdfast\""));
  }

  @Override
  public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
    return Set.of(KeyPresented.class);
  }

  @Override
  public Uni<HttpCredentialTransport> getCredentialTransport(RoutingContext request) {
    return Uni.createFrom()
        .item(new HttpCredentialTransport(HttpCredentialTransport.Type.AUTHORIZATION, "bearer"));
  }
}
