package io.holdfast.worker.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks a server that keeps keys, a few times when it does not answer. Thread-safe.
 *
 * @param name of the key in the credentials file
 */
record KeyServer(String name, HttpClient client) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int ATTEMPTS = 4;
  private static final int OK = 200;
  private static final int TOO_MANY = 429;
  private static final int SERVER_ERROR = 500;

  /** Made anew for each attempt, since a signature holds the time. */
  interface Question {
    HttpRequest.Builder request();
  }

  /** What the server said; the body is never shown, it may hold a key. */
  record Answer(int status, JsonNode body) {
    boolean ok() {
      return status == OK;
    }
  }

  /**
   * @param authority PEM file; null: those that the JVM trusts
   */
  static KeyServer of(String name, String authority) {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .version(HttpClient.Version.HTTP_1_1)
            // A redirection would take the token elsewhere.
            .followRedirects(HttpClient.Redirect.NEVER);
    if (authority != null) {
      client.sslContext(trusting(name, Path.of(authority)));
    }
    return new KeyServer(name, client.build());
  }

  private static SSLContext trusting(String name, Path authority) {
    try (InputStream in = Files.newInputStream(authority)) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      int number = 0;
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("authority-" + number++, one);
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new JobFailure(
          ErrorCode.KEY_UNAVAILABLE,
          "the certificate authority of key '" + name + "' cannot be read",
          "Look at certificateAuthorityFile of keys.envelope." + name + ".",
          e);
    }
  }

  /**
   * @return what it said; neither 429 nor 5xx
   * @throws JobFailure KEY_UNAVAILABLE when it does not answer
   */
  Answer ask(Question question) {
    for (int attempt = 1; ; attempt++) {
      String because;
      Exception cause = null;
      try {
        HttpResponse<byte[]> response =
            client.send(
                question.request().timeout(PATIENCE).build(),
                HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != TOO_MANY && response.statusCode() < SERVER_ERROR) {
          return new Answer(response.statusCode(), parsed(response.body()));
        }
        because = "it answers with status " + response.statusCode();
      } catch (IOException e) {
        because = e.getClass().getSimpleName();
        cause = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw unavailable("interrupted", e);
      }
      if (attempt == ATTEMPTS) {
        throw unavailable(because, cause);
      }
      LockSupport.parkNanos(
          Duration.ofMillis((100L << attempt) + ThreadLocalRandom.current().nextInt(100))
              .toNanos());
    }
  }

  private static JsonNode parsed(byte[] body) throws IOException {
    JsonNode node = body.length == 0 ? null : JSON.readTree(body);
    return node == null ? JSON.createObjectNode() : node;
  }

  private JobFailure unavailable(String because, Exception cause) {
    return new JobFailure(
        ErrorCode.KEY_UNAVAILABLE,
        "what keeps key '" + name + "' does not answer: " + because,
        "Look at the key server and at the connection to it.",
        cause);
  }

  /**
   * @param said of the server, without anything secret
   */
  JobFailure refused(String what, String said) {
    return new JobFailure(
        ErrorCode.KEY_REFUSED,
        "key '" + name + "' does not " + what + ": " + said,
        "Look at the key's state and policy, and whether it is the one that wrapped the data key.");
  }
}
