package io.holdfast.api.testing;

import io.restassured.RestAssured;
import java.security.Key;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/** An issuer that the service under test is configured with, and whose keys a test has. */
public final class TestIssuer {
  public static final String AUDIENCE = "holdfast-test";

  private final String url;

  public TestIssuer(String name) {
    this.url = ApiFixture.config("holdfast.oidc.issuers." + name + ".issuer");
  }

  public String url() {
    return url;
  }

  public static PublicJsonWebKey key(String id) {
    try {
      PublicJsonWebKey key = RsaJwkGenerator.generateJwk(2048);
      key.setKeyId(id);
      key.setAlgorithm(AlgorithmIdentifiers.RSA_USING_SHA256);
      return key;
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** From now on these are its keys. */
  public void publish(JsonWebKey... keys) {
    RestAssured.given()
        .body(new JsonWebKeySet(List.of(keys)).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY))
        .put(url + "/jwks")
        .then()
        .statusCode(204);
  }

  /** What a job of the platform gets when it asks for a token; the address where it asks. */
  public String gives(String token) {
    String address = url + "/token";
    RestAssured.given()
        .body("{\"count\":1,\"value\":\"" + token + "\"}")
        .put(address)
        .then()
        .statusCode(204);
    return address + "?api-version=2.0";
  }

  /** How often somebody asked for its keys. */
  public int asked() {
    return Integer.parseInt(RestAssured.get(url + "/asked").asString());
  }

  /** Good for five minutes. */
  public JwtClaims claims(String subject, Map<String, ?> more) {
    JwtClaims claims = new JwtClaims();
    claims.setIssuer(url);
    claims.setSubject(subject);
    claims.setAudience(AUDIENCE);
    claims.setIssuedAt(NumericDate.fromSeconds(Instant.now().getEpochSecond()));
    claims.setExpirationTime(NumericDate.fromSeconds(Instant.now().getEpochSecond() + 300));
    new TreeMap<>(more).forEach(claims::setClaim);
    return claims;
  }

  public String token(PublicJsonWebKey key, String subject, Map<String, ?> more) {
    return sign(claims(subject, more), key.getPrivateKey(), key.getKeyId(), key.getAlgorithm());
  }

  public static String sign(JwtClaims claims, Key key, String keyId, String algorithm) {
    JsonWebSignature token = new JsonWebSignature();
    token.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
    token.setPayload(claims.toJson());
    token.setKey(key);
    token.setDoKeyValidation(false);
    token.setKeyIdHeaderValue(keyId);
    token.setAlgorithmHeaderValue(algorithm);
    try {
      return token.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }
}
