package io.holdfast.api.access;

import io.holdfast.api.problem.ApiProblem;
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
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code Authorization: Bearer}, with an API key or with a token of a declared issuer. */
@ApplicationScoped
public class BearerKeyMechanism implements HttpAuthenticationMechanism {
  /**
   * Under which the request carries who made it, for the audit: the id of its key, or the issuer
   * and the subject of its token.
   */
  public static final String KEY_ID = "holdfast.key-id";

  private static final String SCHEME = "bearer ";

  /** Header, claims and signature; a token without a signature is looked at and refused as one. */
  private static final Pattern JWT =
      Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*");

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
    String presented = headers.get(0).substring(SCHEME.length()).strip();
    Optional<AuthenticationRequest> known =
        JWT.matcher(presented).matches()
            ? Optional.of(new TokenPresented(presented))
            : ApiKeyText.parse(presented).map(KeyPresented::new);
    return known
        .map(credential -> identify(request, identities, credential))
        .orElseGet(() -> refused("This is not an API key of Holdfast."));
  }

  private static Uni<SecurityIdentity> identify(
      RoutingContext request, IdentityProviderManager identities, AuthenticationRequest known) {
    return identities
        .authenticate(known)
        .onItem()
        .transformToUni(
            identity -> {
              request.put(KEY_ID, identity.getPrincipal().getName());
              ApiProblem refusal = identity.getAttribute(Grant.REFUSAL);
              return refusal == null
                  ? Uni.createFrom().item(identity)
                  : Uni.createFrom().failure(refusal);
            });
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
    return Set.of(KeyPresented.class, TokenPresented.class);
  }

  @Override
  public Uni<HttpCredentialTransport> getCredentialTransport(RoutingContext request) {
    return Uni.createFrom()
        .item(new HttpCredentialTransport(HttpCredentialTransport.Type.AUTHORIZATION, "bearer"));
  }
}
