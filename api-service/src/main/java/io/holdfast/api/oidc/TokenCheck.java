package io.holdfast.api.oidc;

import io.holdfast.api.problem.ApiProblem;
import java.security.Key;
import java.time.Clock;
import java.time.Duration;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;
import org.jose4j.lang.UnresolvableKeyException;

/**
 * Whether a token is what its issuer signed, for us, and still good. Every refusal says why in one
 * sentence without a word of the token's own.
 */
final class TokenCheck {
  /** With a private and a public half only: with a shared secret, whoever checks could sign. */
  private static final String[] ALGORITHMS = {
    AlgorithmIdentifiers.RSA_USING_SHA256,
    AlgorithmIdentifiers.RSA_USING_SHA384,
    AlgorithmIdentifiers.RSA_USING_SHA512,
    AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
    AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
    AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
    AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
    AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
    AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512,
    AlgorithmIdentifiers.EDDSA
  };

  private static final JwtConsumer UNCHECKED =
      new JwtConsumerBuilder()
          .setSkipAllValidators()
          .setDisableRequireSignature()
          .setSkipSignatureVerification()
          .setJwsAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS)
          .build();

  private final Issuer issuer;
  private final Clock clock;
  private final Duration clockSkew;

  TokenCheck(Issuer issuer, Clock clock, Duration clockSkew) {
    this.issuer = issuer;
    this.clock = clock;
    this.clockSkew = clockSkew;
  }

  /** Whose the token says it is, which nobody has checked. */
  static String claimedIssuer(String token) {
    try {
      String issuer = UNCHECKED.processToClaims(token).getIssuer();
      return issuer == null ? "" : issuer;
    } catch (InvalidJwtException | MalformedClaimException malformed) {
      throw refused("This token is not a JWT that can be read.");
    }
  }

  /**
   * @throws ApiProblem 401 with the reason, 503 when the issuer cannot be asked for its keys
   */
  JwtClaims claims(String token) {
    try {
      return consumer().processToClaims(token);
    } catch (InvalidJwtException invalid) {
      throw reason(invalid);
    }
  }

  private JwtConsumer consumer() {
    return new JwtConsumerBuilder()
        .setVerificationKeyResolver((signed, outer) -> key(signed))
        .setJwsAlgorithmConstraints(AlgorithmConstraints.ConstraintType.PERMIT, ALGORITHMS)
        .setExpectedIssuer(true, issuer.url())
        .setExpectedAudience(true, issuer.audiences().toArray(String[]::new))
        .setRequireExpirationTime()
        .setRequireSubject()
        .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
        .setAllowedClockSkewInSeconds((int) clockSkew.toSeconds())
        .build();
  }

  private Key key(JsonWebSignature signed) throws UnresolvableKeyException {
    try {
      return issuer
          .keys()
          .find(signed)
          .orElseThrow(() -> new UnresolvableKeyException("no such key"));
    } catch (JoseException unusable) {
      throw new UnresolvableKeyException("no usable key", unusable);
    }
  }

  private ApiProblem reason(InvalidJwtException invalid) {
    for (Throwable cause = invalid.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof ApiProblem unavailable) {
        return unavailable;
      }
    }
    if (invalid.hasExpired()) {
      return refused("This token has expired.");
    }
    if (invalid.hasErrorCode(ErrorCodes.NOT_YET_VALID)) {
      return refused("This token is not valid yet.");
    }
    if (invalid.hasErrorCode(ErrorCodes.AUDIENCE_INVALID)
        || invalid.hasErrorCode(ErrorCodes.AUDIENCE_MISSING)) {
      return refused(
          "This token is for another audience; of issuer '"
              + issuer.name()
              + "' it must be "
              + String.join(" or ", issuer.audiences())
              + ".");
    }
    if (invalid.hasErrorCode(ErrorCodes.EXPIRATION_MISSING)
        || invalid.hasErrorCode(ErrorCodes.SUBJECT_MISSING)) {
      return refused("This token lacks exp or sub.");
    }
    if (invalid.hasErrorCode(ErrorCodes.MALFORMED_CLAIM)) {
      return refused("A claim of this token is not of its type.");
    }
    return refused(
        "This token is not signed by a key of issuer '"
            + issuer.name()
            + "' with an algorithm that is taken.");
  }

  static ApiProblem refused(String because) {
    return new ApiProblem(
        401,
        "unauthenticated",
        because,
        "Have the platform issue a new token with the audience and the issuer that are declared"
            + " under holdfast.oidc.");
  }
}
