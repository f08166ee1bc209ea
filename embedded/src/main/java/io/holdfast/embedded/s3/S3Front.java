package io.holdfast.embedded.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands before an {@link EmbeddedS3} and has what that lacks: locks on objects, and keys that may
 * not delete. It keeps to what the S3 API says of them, with the difference that objects have no
 * versions: what is locked here cannot be deleted at all, where a real bucket hides it behind a
 * marker. Locks are gone with it. Thread-safe.
 */
public final class S3Front implements AutoCloseable {
  private static final int LARGEST_HEAD = 64 * 1024;
  private static final Pattern LINE =
      Pattern.compile("([A-Z]+) ([^ ?]+)(?:\\?([^ ]*))? HTTP/1\\.1");

  private final int storePort;

  /** Whose requests may delete, by what their signature names; everybody's and nobody's, too. */
  private final Pattern deletes;

  private final ServerSocket listener;
  private final Map<String, Lock> locks = new ConcurrentHashMap<>();
  private final Map<String, String> classes = new ConcurrentHashMap<>();
  private final Set<String> held = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refused = new AtomicInteger();

  /** What an object was locked with when it was written. */
  public record Lock(String mode, Instant until) {}

  private S3Front(int storePort, Pattern deletes) throws IOException {
    this.storePort = storePort;
    this.deletes = deletes;
    this.listener = new ServerSocket(0, 128, InetAddress.getByName("127.0.0.1"));
  }

  /**
   * Buckets with object lock.
   *
   * @param storePort of one that was started by {@link EmbeddedS3#behindFront}
   */
  public static S3Front locking(int storePort) {
    return start(storePort, Pattern.compile(""));
  }

  /** The same, as it answers keys without {@code s3:DeleteObject}; uploads can be aborted. */
  public static S3Front withoutDeletes(int storePort) {
    return start(storePort, Pattern.compile("(?!)"));
  }

  /** The same, with one access key that may delete. */
  public static S3Front withDeletesOnlyBy(int storePort, String accessKey) {
    return start(storePort, Pattern.compile("Credential=" + Pattern.quote(accessKey) + "/"));
  }

  private static S3Front start(int storePort, Pattern deletes) {
    try {
      S3Front front = new S3Front(storePort, deletes);
      Thread.ofVirtual().name("s3-front").start(front::accept);
      return front;
    } catch (IOException e) {
      throw new UncheckedIOException("no port for the front", e);
    }
  }

  /** {@code http://127.0.0.1:<port>}. */
  public String endpoint() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** Locks by {@code /<bucket>/<key>}, those that have run out too. */
  public Map<String, Lock> locks() {
    return Map.copyOf(locks);
  }

  /** Storage classes by {@code /<bucket>/<key>}, of what was written in one. */
  public Map<String, String> classes() {
    return Map.copyOf(classes);
  }

  /** What is under a legal hold, as {@code /<bucket>/<key>}. */
  public Set<String> held() {
    return Set.copyOf(held);
  }

  /** How many deletions it has refused. */
  public int refused() {
    return refused.get();
  }

  /** The head of a request; its body is still to be read. */
  private record Request(String text, String method, String path, String query) {
    Optional<String> header(String name) {
      Matcher found =
          Pattern.compile("(?im)^" + Pattern.quote(name) + ":[ \\t]*(.*?)[ \\t]*\\r?$")
              .matcher(text);
      return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }

    boolean asks(String parameter) {
      return query.equals(parameter) || query.matches("(.*&)?" + parameter + "(=.*|&.*)?");
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new UncheckedIOException("the front cannot accept", e);
        }
      }
    }
  }

  /** One request to a connection: the answer says that it is closed. */
  private void serve(Socket client) {
    try (client) {
      InputStream in = client.getInputStream();
      OutputStream out = client.getOutputStream();
      String head = head(in);
      Matcher line = LINE.matcher(head.substring(0, head.indexOf('\r')));
      if (!line.matches()) {
        throw new IOException("not a request: " + head);
      }
      Request request =
          new Request(
              head, line.group(1), line.group(2), line.group(3) == null ? "" : line.group(3));
      answer(request, in, out);
      client.shutdownOutput();
    } catch (IOException gone) {
      // The client sees its connection closed, as with a store that has gone.
    }
  }

  private void answer(Request request, InputStream in, OutputStream out) throws IOException {
    if (request.asks("object-lock")) {
      say(
          out,
          "200 OK",
          "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
              + "</ObjectLockConfiguration>");
    } else if (request.asks("legal-hold")) {
      legalHold(request, in, out);
    } else if (request.method().equals("DELETE")
        && !request.asks("uploadId")
        && (!mayDelete(request) || locked(request.path()))) {
      refused.incrementAndGet();
      say(out, "403 Forbidden", "<Error><Code>AccessDenied</Code></Error>");
    } else {
      forward(request, in, out);
    }
  }

  private boolean mayDelete(Request request) {
    return deletes.matcher(request.header("Authorization").orElse("")).find();
  }

  private boolean locked(String path) {
    Lock lock = locks.get(path);
    return held.contains(path) || lock != null && lock.until().isAfter(Instant.now());
  }

  private void legalHold(Request request, InputStream in, OutputStream out) throws IOException {
    if (request.method().equals("PUT")) {
      int length = Integer.parseInt(request.header("Content-Length").orElse("0"));
      if (new String(in.readNBytes(length), UTF_8).contains("<Status>ON</Status>")) {
        held.add(request.path());
      } else {
        held.remove(request.path());
      }
      say(out, "200 OK", "");
    } else {
      say(
          out,
          "200 OK",
          "<LegalHold><Status>"
              + (held.contains(request.path()) ? "ON" : "OFF")
              + "</Status></LegalHold>");
    }
  }

  private void forward(Request request, InputStream in, OutputStream out) throws IOException {
    try (Socket server = new Socket("127.0.0.1", storePort)) {
      OutputStream to = server.getOutputStream();
      // Not among what is signed.
      to.write(
          request
              .text()
              .replaceAll("(?im)^Connection:.*\\r\\n", "")
              .replaceFirst("\\r\\n", "\r\nConnection: close\r\n")
              .getBytes(ISO_8859_1));
      copy(in, to, Long.parseLong(request.header("Content-Length").orElse("0")));
      InputStream from = server.getInputStream();
      String head = head(from);
      if (head.startsWith("HTTP/1.1 200")) {
        note(request);
        if (request.method().equals("HEAD")) {
          head = withLock(request.path(), head);
        }
      }
      out.write(head.getBytes(ISO_8859_1));
      if (!request.method().equals("HEAD")) {
        from.transferTo(out);
      }
    }
  }

  /** What is locked by its headers: at once, or when the upload is complete. */
  private void note(Request request) {
    request
        .header("x-amz-storage-class")
        .ifPresent(storageClass -> classes.put(request.path(), storageClass));
    request
        .header("x-amz-object-lock-mode")
        .ifPresent(
            mode ->
                locks.put(
                    request.path(),
                    new Lock(
                        mode,
                        Instant.parse(
                            request.header("x-amz-object-lock-retain-until-date").orElseThrow()))));
  }

  private String withLock(String path, String head) {
    Lock lock = locks.get(path);
    String more =
        (lock == null
                ? ""
                : "x-amz-object-lock-mode: "
                    + lock.mode()
                    + "\r\nx-amz-object-lock-retain-until-date: "
                    + lock.until()
                    + "\r\n")
            + (held.contains(path) ? "x-amz-object-lock-legal-hold: ON\r\n" : "");
    return head.substring(0, head.length() - 2) + more + "\r\n";
  }

  private static void copy(InputStream in, OutputStream out, long bytes) throws IOException {
    byte[] chunk = new byte[16 * 1024];
    long left = bytes;
    while (left > 0) {
      int n = in.read(chunk, 0, (int) Math.min(chunk.length, left));
      if (n < 0) {
        throw new EOFException("the body ended early");
      }
      out.write(chunk, 0, n);
      left -= n;
    }
    out.flush();
  }

  /** Up to the empty line and with it. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < 4) {
      int b = in.read();
      if (b < 0 || head.size() > LARGEST_HEAD) {
        throw new EOFException("no head");
      }
      head.write(b);
      matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
    }
    return head.toString(ISO_8859_1);
  }

  private static void say(OutputStream out, String status, String xml) throws IOException {
    out.write(
        ("HTTP/1.1 "
                + status
                + "\r\nContent-Type: application/xml\r\nContent-Length: "
                + xml.length()
                + "\r\nConnection: close\r\n\r\n"
                + xml)
            .getBytes(ISO_8859_1));
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the front", e);
    }
  }
}
