package io.holdfast.worker.repository.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.StagedObject;
import io.holdfast.worker.secret.S3Keys;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores that lie, cut and stall. */
class S3FaultTest {
  private static final int PART_BYTES = 5 * 1024 * 1024;
  private static final byte[] CONTENT = new byte[100_000];
  private static final String SHA256 = Readback.sha256(new java.io.ByteArrayInputStream(CONTENT));
  private final AtomicInteger fired = new AtomicInteger();

  @Test
  void findsThatAConfirmedObjectIsAbsent() throws IOException {
    try (ScriptedStore store =
            new ScriptedStore(
                (exchange, body) -> {
                  switch (exchange.getRequestMethod()) {
                    case "PUT" -> ScriptedStore.ok(exchange, "opaque", "");
                    case "HEAD" -> {
                      fired.incrementAndGet();
                      ScriptedStore.absent(exchange);
                    }
                    default -> exchange.sendResponseHeaders(204, -1);
                  }
                });
        Repository repository = open(store)) {
      assertFails(ErrorCode.STORED_BYTES_DIFFER, () -> write(repository, CONTENT));
      assertThat(fired).hasPositiveValue();
    }
  }

  @Test
  void findsThatAConfirmedObjectIsShortAndRemovesIt() throws IOException {
    try (ScriptedStore store =
            new ScriptedStore(
                (exchange, body) -> {
                  switch (exchange.getRequestMethod()) {
                    case "PUT" -> ScriptedStore.ok(exchange, "opaque", "");
                    case "HEAD" -> ScriptedStore.head(exchange, "opaque", CONTENT.length - 1);
                    default -> exchange.sendResponseHeaders(204, -1);
                  }
                });
        Repository repository = open(store)) {
      assertFails(ErrorCode.STORED_BYTES_DIFFER, () -> write(repository, CONTENT));
      assertThat(store.requests).containsExactly("PUT", "HEAD", "DELETE");
    }
  }

  @Test
  void readsBackWhatTheEntityTagDoesNotProve() throws IOException {
    byte[] changed = CONTENT.clone();
    changed[50_000] ^= 1;
    for (byte[] held : new byte[][] {CONTENT, changed}) {
      try (ScriptedStore store =
              new ScriptedStore(
                  (exchange, body) -> {
                    switch (exchange.getRequestMethod()) {
                      case "PUT" -> ScriptedStore.ok(exchange, "opaque", "");
                      case "HEAD" -> ScriptedStore.head(exchange, "opaque", CONTENT.length);
                      case "GET" -> ScriptedStore.content(exchange, held, 0, held.length);
                      default -> exchange.sendResponseHeaders(204, -1);
                    }
                  });
          Repository repository = open(store)) {
        if (held == changed) {
          assertFails(ErrorCode.STORED_BYTES_DIFFER, () -> write(repository, CONTENT));
          assertThat(store.requests).contains("DELETE");
        } else {
          write(repository, CONTENT);
          assertThat(store.requests).doesNotContain("DELETE");
        }
      }
    }
  }

  @Test
  void failsOnAnErrorInTheBodyOfA200AndAbortsTheUpload() throws IOException {
    try (ScriptedStore store =
            new ScriptedStore(
                (exchange, body) -> {
                  String query = exchange.getRequestURI().getQuery();
                  switch (exchange.getRequestMethod()) {
                    case "POST" ->
                        ScriptedStore.ok(
                            exchange,
                            "x",
                            query.startsWith("uploads")
                                ? "<InitiateMultipartUploadResult><Bucket>backups</Bucket>"
                                    + "<Key>a</Key><UploadId>u1</UploadId>"
                                    + "</InitiateMultipartUploadResult>"
                                : "<Error><Code>InternalError</Code><Message>lost</Message>"
                                    + "</Error>");
                    case "PUT" -> ScriptedStore.ok(exchange, "opaque", "");
                    case "HEAD" -> ScriptedStore.absent(exchange);
                    default -> exchange.sendResponseHeaders(204, -1);
                  }
                });
        Repository repository = open(store)) {
      assertFails(
          ErrorCode.REPOSITORY_UNAVAILABLE, () -> write(repository, new byte[PART_BYTES + 1]));
      assertThat(store.requests).contains("DELETE uploadId=u1");
    }
  }

  @Test
  void carriesOnReadingWhereTheConnectionWasCut() throws IOException {
    byte[] content = new byte[1_000_000];
    new Random(5).nextBytes(content);
    try (ScriptedStore store =
            new ScriptedStore(
                (exchange, body) -> {
                  String range = exchange.getRequestHeaders().getFirst("Range");
                  int from =
                      range == null
                          ? 0
                          : Integer.parseInt(range.replaceAll("bytes=(\\d+)-.*", "$1"));
                  int sent = Math.min(400_000, content.length - from);
                  fired.addAndGet(from + sent < content.length ? 1 : 0);
                  ScriptedStore.content(exchange, content, from, sent);
                });
        Repository repository = open(store);
        InputStream in = repository.open("a")) {
      assertThat(in.readAllBytes()).isEqualTo(content);
      assertThat(fired).hasValue(2);
    }
  }

  @Test
  void failsInBoundedTimeWhenTheStoreStalls() throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    try (ScriptedStore store =
            new ScriptedStore(
                (exchange, body) -> {
                  fired.incrementAndGet();
                  awaitEnd(end);
                });
        Repository repository = open(store)) {
      long started = System.nanoTime();
      assertFails(ErrorCode.REPOSITORY_UNAVAILABLE, () -> write(repository, CONTENT));
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
      assertThat(fired).hasValue(5);
      end.countDown();
    }
  }

  @Test
  void sendsAPartAgainThatTheStoreCouldNotTake() throws IOException {
    try (ScriptedStore store =
            new ScriptedStore(
                (exchange, body) -> {
                  switch (exchange.getRequestMethod()) {
                    case "PUT" -> {
                      if (fired.getAndIncrement() < 2) {
                        exchange.sendResponseHeaders(503, -1);
                      } else {
                        ScriptedStore.ok(exchange, "opaque", "");
                      }
                    }
                    case "HEAD" -> ScriptedStore.head(exchange, "opaque", CONTENT.length);
                    default -> ScriptedStore.content(exchange, CONTENT, 0, CONTENT.length);
                  }
                });
        Repository repository = open(store)) {
      write(repository, CONTENT);
      assertThat(fired).hasValue(3);
    }
  }

  @Test
  void makesNothingAgainThatIsRemovedWhileItIsReplaced() throws IOException {
    AtomicReference<byte[]> held = new AtomicReference<>(CONTENT);
    try (ScriptedStore store =
            new ScriptedStore(
                (exchange, body) -> {
                  byte[] now = held.get();
                  String tag = exchange.getRequestHeaders().getFirst("If-Match");
                  boolean gone = now == null;
                  switch (exchange.getRequestMethod()) {
                    case "HEAD" -> {
                      if (gone) {
                        ScriptedStore.absent(exchange);
                      } else {
                        ScriptedStore.head(exchange, "tag", now.length);
                        // An expiration, right behind the look.
                        fired.incrementAndGet();
                        held.set(null);
                      }
                    }
                    case "PUT" -> {
                      if (tag != null && gone) {
                        ScriptedStore.refused(exchange, 404, "NoSuchKey");
                      } else {
                        held.set(body);
                        ScriptedStore.ok(exchange, "tag", "");
                      }
                    }
                    default -> exchange.sendResponseHeaders(204, -1);
                  }
                });
        Repository repository = open(store)) {
      assertThat(repository.replace("a", new byte[7])).isFalse();
      assertThat(fired).hasValue(1);
      assertThat(held.get()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 501})
  void replacesWhereTheStoreKnowsNoConditions(int answer) throws IOException {
    AtomicReference<byte[]> held = new AtomicReference<>(CONTENT);
    try (ScriptedStore store =
            new ScriptedStore(
                (exchange, body) -> {
                  boolean conditional = exchange.getRequestHeaders().containsKey("If-Match");
                  switch (exchange.getRequestMethod()) {
                    case "HEAD" -> ScriptedStore.head(exchange, "tag", held.get().length);
                    case "PUT" -> {
                      fired.addAndGet(conditional ? 1 : 0);
                      if (conditional && answer == 501) {
                        ScriptedStore.refused(exchange, 501, "NotImplemented");
                      } else {
                        held.set(body);
                        ScriptedStore.ok(exchange, "tag", "");
                      }
                    }
                    default -> exchange.sendResponseHeaders(204, -1);
                  }
                });
        Repository repository = open(store)) {
      assertThat(repository.replace("a", new byte[7])).isTrue();
      assertThat(repository.replace("b", new byte[8])).isTrue();
      assertThat(held.get()).isEqualTo(new byte[8]);
      assertThat(fired).as("asked once").hasValue(1);
    }
  }

  private static void awaitEnd(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void write(Repository repository, byte[] content) throws IOException {
    try (StagedObject staged = repository.stage("a", 0)) {
      staged.write(content);
      staged.commit(SHA256);
    }
  }

  private static void assertFails(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(JobFailure.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static Repository open(ScriptedStore store) {
    return new S3Repository(
        new S3RepositorySpec("t", store.endpoint(), null, "backups", "", new SecretRef("keys")),
        new S3Keys("access", "secret-key", null),
        new S3Settings(PART_BYTES, 2, Duration.ofMillis(500)),
        nanos -> {},
        Clock.systemUTC());
  }
}
