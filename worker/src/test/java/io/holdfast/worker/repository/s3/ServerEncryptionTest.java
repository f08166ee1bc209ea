package io.holdfast.worker.repository.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.model.SecretRef;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.model.repository.ServerEncryption;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.StagedObject;
import io.holdfast.worker.secret.S3Keys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the store is asked to encrypt with. The embedded store knows no such thing, so the requests
 * themselves are looked at, and refused.
 */
class ServerEncryptionTest {
  private static final int PART_BYTES = 5 * 1024 * 1024;
  private static final String HEADER = "x-amz-server-side-encryption";
  private final Map<String, String> asked = new TreeMap<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::refuse);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void refuse(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    String mode = exchange.getRequestHeaders().getFirst(HEADER);
    String key = exchange.getRequestHeaders().getFirst(HEADER + "-aws-kms-key-id");
    asked.put(
        exchange.getRequestMethod() + " " + exchange.getRequestURI(),
        mode + (key == null ? "" : " " + key));
    // There is nothing yet, or it would not be written.
    exchange.sendResponseHeaders(exchange.getRequestMethod().equals("HEAD") ? 404 : 403, -1);
    exchange.close();
  }

  @Test
  void isAskedForWithEveryObject() {
    writeWith(new ServerEncryption(ServerEncryption.Mode.KMS, "alias/backups"));

    assertThat(asked)
        .hasSize(3)
        .allSatisfy((request, with) -> assertThat(with).isEqualTo("aws:kms alias/backups"));
  }

  @Test
  void mayUseTheKeysOfTheStore() {
    writeWith(new ServerEncryption(ServerEncryption.Mode.S3, null));

    assertThat(asked)
        .hasSize(3)
        .allSatisfy((request, with) -> assertThat(with).isEqualTo("AES256"));
  }

  @Test
  void isNotAskedForWhereItIsNotDeclared() {
    writeWith(null);

    assertThat(asked).hasSize(3).allSatisfy((request, with) -> assertThat(with).isEqualTo("null"));
  }

  private void writeWith(ServerEncryption encryption) {
    S3RepositorySpec spec =
        new S3RepositorySpec(
            "vault",
            "http://127.0.0.1:" + server.getAddress().getPort(),
            null,
            "backups",
            "p",
            new SecretRef("keys"),
            null,
            null,
            encryption);
    try (Repository repository =
        new S3Repository(
            spec,
            new S3Keys("access", "secret-of-the-store", null),
            new S3Settings(PART_BYTES, 2, Duration.ofSeconds(10)),
            nanos -> {},
            Clock.systemUTC())) {
      assertThatThrownBy(() -> write(repository, "small", 1000)).isInstanceOf(JobFailure.class);
      assertThatThrownBy(() -> write(repository, "large", PART_BYTES + 1))
          .isInstanceOf(JobFailure.class);
      assertThatThrownBy(() -> repository.createIfAbsent("document", new byte[10]))
          .isInstanceOf(JobFailure.class);
    }
    asked.keySet().removeIf(request -> !request.matches("(PUT|POST) .*"));
  }

  private static void write(Repository repository, String key, int length) throws IOException {
    try (StagedObject staged = repository.stage(key, length)) {
      staged.write(new byte[length]);
      staged.commit("00");
    }
  }
}
