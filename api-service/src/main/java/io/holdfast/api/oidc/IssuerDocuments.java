package io.holdfast.api.oidc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;

/**
 * Reads what an issuer publishes: bounded in size and time, without redirects. Blocks.
 *
 * @param jwksUrl empty: as the discovery document says, which has to be the issuer's own
 */
record IssuerDocuments(String issuer, Optional<String> jwksUrl, Clock clock) {
  private static final int MAX_BYTES = 256 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  List<JsonWebKey> keys() throws IOException {
    String url = jwksUrl.isPresent() ? jwksUrl.get() : discovered();
    try {
      return new JsonWebKeySet(get(url)).getJsonWebKeys();
    } catch (JoseException malformed) {
      throw new IOException(url + " is not a JSON Web Key Set", malformed);
    }
  }

  private String discovered() throws IOException {
    String url = issuer.replaceAll("/$", "") + "/.well-known/openid-configuration";
    JsonNode document = json(url);
    if (!issuer.equals(document.path("issuer").asText())) {
      throw new IOException(url + " speaks for another issuer");
    }
    String jwks = document.path("jwks_uri").asText();
    try {
      if (IssuerDeclaration.secure(URI.create(jwks))) {
        return jwks;
      }
    } catch (IllegalArgumentException notAnUri) {
      // Said below.
    }
    throw new IOException(url + " has no jwks_uri that can be trusted");
  }

  private JsonNode json(String url) throws IOException {
    try {
      return JSON.readTree(get(url));
    } catch (JsonProcessingException malformed) {
      throw new IOException(url + " is not JSON", malformed);
    }
  }

  private String get(String url) throws IOException {
    Instant deadline = clock.instant().plus(PATIENCE.multipliedBy(2));
    HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
    try {
      connection.setInstanceFollowRedirects(false);
      connection.setConnectTimeout((int) PATIENCE.toMillis());
      connection.setReadTimeout((int) PATIENCE.toMillis());
      connection.setUseCaches(false);
      connection.setRequestProperty("Accept", "application/json");
      if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
        throw new IOException(url + " answered " + connection.getResponseCode());
      }
      try (InputStream body = connection.getInputStream()) {
        return text(url, body, deadline);
      }
    } finally {
      connection.disconnect();
    }
  }

  private String text(String url, InputStream body, Instant deadline) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    byte[] chunk = new byte[8192];
    for (int n = body.read(chunk); n >= 0; n = body.read(chunk)) {
      read.write(chunk, 0, n);
      if (read.size() > MAX_BYTES || clock.instant().isAfter(deadline)) {
        throw new IOException(url + " is too long or too slow");
      }
    }
    return read.toString(StandardCharsets.UTF_8);
  }
}
