package io.holdfast.api.oidc;

import io.holdfast.api.access.Grant;
import io.holdfast.api.access.TokenPresented;
import io.holdfast.api.problem.ApiProblem;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;

/** Turns a token into an identity, or refuses it in one sentence. */
@ApplicationScoped
public class TokenIdentityProvider implements IdentityProvider<TokenPresented> {
  private static final int LONGEST_SUBJECT = 255;

  @Inject Issuers issuers;
  @Inject Clock clock;

  @Override
  public Class<TokenPresented> getRequestType() {
    return TokenPresented.class;
  }

  /** Not on the event loop: keys may have to be asked for. */
  @Override
  public Uni<SecurityIdentity> authenticate(
      TokenPresented request, AuthenticationRequestContext context) {
    return context.runBlocking(() -> identity(request.token()));
  }

  private SecurityIdentity identity(String token) {
    Issuer issuer =
        issuers
            .of(TokenCheck.claimedIssuer(token))
            .orElseThrow(
                () -> TokenCheck.refused("This token is of an issuer that is not declared here."));
    JwtClaims claims = new TokenCheck(issuer, clock, issuers.clockSkew()).claims(token);
    String principal = principal(issuer, claims);
    return issuer
        .rule(claims.getClaimsMap())
        .map(rule -> Grant.of(principal, rule.roles(), rule.clusters()).identity())
        .orElseGet(() -> Grant.refused(principal, unmapped(issuer)));
  }

  /** Issuer and subject: a subject alone means something else with each issuer. */
  private static String principal(Issuer issuer, JwtClaims claims) {
    try {
      String subject = claims.getSubject();
      if (subject.length() <= LONGEST_SUBJECT
          && !subject.isBlank()
          && subject.chars().noneMatch(Character::isISOControl)) {
        return issuer.url() + "#" + subject;
      }
    } catch (MalformedClaimException notText) {
      // Said below.
    }
    throw TokenCheck.refused("The subject of this token is not plain text of at most 255.");
  }

  private static ApiProblem unmapped(Issuer issuer) {
    return new ApiProblem(
        403,
        "forbidden",
        "No rule of issuer '" + issuer.name() + "' takes the claims of this token.",
        "Compare the token's claims with holdfast.oidc.issuers."
            + issuer.name()
            + ".rules; the audit has its subject.");
  }
}
