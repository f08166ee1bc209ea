package io.holdfast.worker.keys;

import static io.holdfast.worker.failure.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.worker.envelope.DataKey;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.secret.Credentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The clients of AWS KMS and of Vault's transit engine, against stand-ins that check the protocol.
 * They were not run against the real services.
 */
class KeyServersTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:11:12Z");
  private static final String FOLDER = "clusters/orders/backups/b/r";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private HttpServer server;
  private final List<String> complaints = new ArrayList<>();
  private final Map<String, String> wrapped = new HashMap<>();
  private final DataKey key = DataKey.random();
  private int failures;
  private String refuseWith;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    Files.writeString(folder.resolve("secret"), "aws-secret\n");
    Files.writeString(folder.resolve("token"), "vault-token\n");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Keyring keyring() throws IOException {
    String here = "http://127.0.0.1:" + server.getAddress().getPort();
    Path file =
        Files.writeString(
            folder.resolve("credentials.yaml"),
            """
            keys:
              envelope:
                aws:
                  awsKms:
                    endpoint: "%s"
                    region: eu-central-1
                    keyId: "alias/holdfast"
                    accessKey: AKIDEXAMPLE
                    secretKeyFile: "%s"
                vault:
                  vaultTransit: { address: "%s", key: holdfast, tokenFile: "%s" }
            """
                .formatted(here, folder.resolve("secret"), here, folder.resolve("token")));
    return new Keyring(new Credentials(file), name -> null, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @Test
  void awsKmsWrapsAndUnwrapsWithASignedRequestAndTheContext() throws IOException {
    wrapsAndUnwraps(keyring().envelope(new SecretRef("aws")));
  }

  @Test
  void vaultWrapsAndUnwrapsWithItsTokenAndAssociatedData() throws IOException {
    wrapsAndUnwraps(keyring().envelope(new SecretRef("vault")));
  }

  private void wrapsAndUnwraps(KeyProvider provider) {
    byte[] form = provider.wrap(key, FOLDER);
    assertThat(provider.unwrap(form, FOLDER, key.id()).secret()).isEqualTo(key.secret());
    assertThat(complaints).isEmpty();
    assertRefused(
        ErrorCode.KEY_REFUSED, () -> provider.unwrap(form, "clusters/other/backups/b/r", key.id()));
    assertRefused(ErrorCode.KEY_REFUSED, () -> provider.unwrap(form, FOLDER, UUID.randomUUID()));
  }

  @Test
  void aDisabledKeyIsRefusedAndNeverShown() throws IOException {
    KeyProvider aws = keyring().envelope(new SecretRef("aws"));
    refuseWith = "{\"__type\":\"com.amazonaws.kms#DisabledException\",\"message\":\"canary\"}";

    assertThatThrownBy(() -> aws.wrap(key, FOLDER))
        .hasMessage("key 'aws' does not wrap: DisabledException")
        .isInstanceOfSatisfying(
            JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.KEY_REFUSED));
  }

  @Test
  void vaultsRefusalIsTold() throws IOException {
    KeyProvider vault = keyring().envelope(new SecretRef("vault"));
    refuseWith = "{\"errors\":[\"permission denied\"]}";

    assertThatThrownBy(() -> vault.wrap(key, FOLDER))
        .hasMessageContaining("key 'vault' does not wrap: status 400 [\"permission denied\"]");
  }

  @Test
  void asksAgainWhenTheServerIsBusy() throws IOException {
    failures = 2;
    assertThat(keyring().envelope(new SecretRef("vault")).wrap(key, FOLDER)).isNotEmpty();
    assertThat(failures).isZero();
  }

  @Test
  void aServerThatIsAwayIsUnavailable() throws IOException {
    KeyProvider aws = keyring().envelope(new SecretRef("aws"));
    server.stop(0);
    assertRefused(ErrorCode.KEY_UNAVAILABLE, () -> aws.wrap(key, FOLDER));
  }

  @Test
  void aRotatedSecretHoldsAtOnce() throws IOException {
    Keyring keyring = keyring();
    byte[] form = keyring.envelope(new SecretRef("aws")).wrap(key, FOLDER);
    Files.writeString(folder.resolve("secret"), "another\n");

    assertRefused(
        ErrorCode.KEY_REFUSED,
        () -> keyring.envelope(new SecretRef("aws")).unwrap(form, FOLDER, key.id()));
    assertThat(complaints).containsExactly("signature");
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (failures > 0) {
      failures--;
      send(exchange, 503, "{}");
    } else if (refuseWith != null) {
      send(exchange, 400, refuseWith);
    } else if (exchange.getRequestURI().getPath().startsWith("/v1/transit/")) {
      vault(exchange, JSON.readTree(body));
    } else {
      aws(exchange, body);
    }
  }

  private void vault(HttpExchange exchange, JsonNode question) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (!"vault-token".equals(exchange.getRequestHeaders().getFirst("X-Vault-Token"))) {
      complaints.add("token");
      send(exchange, 403, "{\"errors\":[\"permission denied\"]}");
      return;
    }
    String bound = question.path("associated_data").asText();
    if (path.equals("/v1/transit/encrypt/holdfast")) {
      String form = "vault:v1:" + UUID.randomUUID();
      wrapped.put(form + bound, question.path("plaintext").asText());
      send(exchange, 200, "{\"data\":{\"ciphertext\":\"" + form + "\",\"key_version\":1}}");
    } else if (path.equals("/v1/transit/decrypt/holdfast")) {
      String plain = wrapped.get(question.path("ciphertext").asText() + bound);
      send(
          exchange,
          plain == null ? 400 : 200,
          plain == null
              ? "{\"errors\":[\"cipher: message authentication failed\"]}"
              : "{\"data\":{\"plaintext\":\"" + plain + "\"}}");
    } else {
      send(exchange, 404, "{\"errors\":[]}");
    }
  }

  private void aws(HttpExchange exchange, byte[] body) throws IOException {
    if (!signed(exchange, body)) {
      complaints.add("signature");
      send(exchange, 400, "{\"__type\":\"IncompleteSignatureException\"}");
      return;
    }
    JsonNode question = JSON.readTree(body);
    if (!question.path("KeyId").asText().equals("alias/holdfast")) {
      send(exchange, 400, "{\"__type\":\"NotFoundException\"}");
      return;
    }
    String context = question.path("EncryptionContext").toString();
    switch (exchange.getRequestHeaders().getFirst("X-Amz-Target")) {
      case "TrentService.Encrypt" -> {
        String form =
            Base64.getEncoder()
                .encodeToString(UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8));
        wrapped.put(form + context, question.path("Plaintext").asText());
        send(exchange, 200, "{\"CiphertextBlob\":\"" + form + "\",\"KeyId\":\"arn:aws:kms:k\"}");
      }
      case "TrentService.Decrypt" -> {
        String plain = wrapped.get(question.path("CiphertextBlob").asText() + context);
        send(
            exchange,
            plain == null ? 400 : 200,
            plain == null
                ? "{\"__type\":\"InvalidCiphertextException\"}"
                : "{\"Plaintext\":\"" + plain + "\",\"KeyId\":\"arn:aws:kms:k\"}");
      }
      default -> send(exchange, 400, "{\"__type\":\"UnknownOperationException\"}");
    }
  }

  /** Computes the signature as the service does, from what was received. */
  private static boolean signed(HttpExchange exchange, byte[] body) {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    String moment = exchange.getRequestHeaders().getFirst("X-Amz-Date");
    StringBuilder headers = new StringBuilder();
    for (String name : List.of("content-type", "host", "x-amz-date", "x-amz-target")) {
      headers
          .append(name)
          .append(':')
          .append(exchange.getRequestHeaders().getFirst(name))
          .append('\n');
    }
    String canonical =
        "POST\n/\n\n" + headers + "\ncontent-type;host;x-amz-date;x-amz-target\n" + hex(body);
    String scope = moment.substring(0, 8) + "/eu-central-1/kms/aws4_request";
    String toSign =
        "AWS4-HMAC-SHA256\n"
            + moment
            + "\n"
            + scope
            + "\n"
            + hex(canonical.getBytes(StandardCharsets.UTF_8));
    byte[] signing = "AWS4aws-secret".getBytes(StandardCharsets.UTF_8);
    for (String part : List.of(moment.substring(0, 8), "eu-central-1", "kms", "aws4_request")) {
      signing = hmac(signing, part);
    }
    return moment.equals("20261121T101112Z")
        && authorization.equals(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"
                + scope
                + ", SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature="
                + HexFormat.of().formatHex(hmac(signing, toSign)));
  }

  /** The example of AWS's own test suite, post-x-www-form-urlencoded. */
  @Test
  void signsAsTheServicesOwnExampleDoes() {
    SigV4 signer =
        new SigV4(
            "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service");
    Map<String, String> headers =
        new java.util.TreeMap<>(
            Map.of(
                "content-type", "application/x-www-form-urlencoded",
                "host", "example.amazonaws.com",
                "x-amz-date", "20150830T123600Z"));

    assertThat(
            signer.authorization(
                headers, "Param1=value1".getBytes(StandardCharsets.UTF_8), "20150830T123600Z"))
        .endsWith(
            "SignedHeaders=content-type;host;x-amz-date,"
                + " Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String hex(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
