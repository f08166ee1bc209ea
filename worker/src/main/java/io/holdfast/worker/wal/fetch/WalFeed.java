package io.holdfast.worker.wal.fetch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.failure.JobFailure;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives a server on this host the files of a {@link WalFetch}, over loopback and to nobody else.
 * {@code curl} must be installed. Whoever opens it closes it, when the recovery has ended; a server
 * that asks later gets an error, never "not there". The fetch stays open.
 */
public final class WalFeed implements Closeable {
  private static final Path CURL = Path.of("/usr/bin/curl");
  private static final int TOKEN_BYTES = 32;

  private final WalFetch fetch;
  private final WalOrder served;
  private final AtomicLong segments = new AtomicLong();
  private final Path header;
  private final byte[] authorization;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private WalFeed(
      WalFetch fetch, WalOrder served, Path header, String authorization, HttpServer server) {
    this.fetch = fetch;
    this.served = served;
    this.header = header;
    this.authorization = authorization.getBytes(StandardCharsets.US_ASCII);
    this.server = server;
  }

  /**
   * @param served the way to the timeline that the server recovers along, a part of the fetch's
   * @param folder readable for the server's account and nobody else but root; the caller gives it
   *     to that account before the server starts
   * @throws JobFailure TOOLS_MISSING without curl, NO_SPACE
   */
  public static WalFeed open(WalFetch fetch, WalOrder served, Path folder) {
    if (!Files.isExecutable(CURL)) {
      throw new JobFailure(
          ErrorCode.TOOLS_MISSING,
          "this worker has no " + CURL + ", by which a server that recovers gets its WAL",
          "Install curl on the workers of this pool.");
    }
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    String authorization =
        "Bearer " + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    try {
      Path header =
          Files.createFile(
              folder.resolve("feed-header"),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(header, "Authorization: " + authorization + "\n");
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      WalFeed feed = new WalFeed(fetch, served, header, authorization, server);
      server.createContext("/", feed::answer);
      server.setExecutor(feed.threads);
      server.start();
      return feed;
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.NO_SPACE,
          "WAL cannot be offered to the server: " + e.getMessage(),
          "Look at the worker's temporary directory.",
          e);
    }
  }

  /**
   * The shell command for PostgreSQL: exit status 0 delivered, 1 certainly not in the archive, 255
   * anything else, at which a server stops and does not take it for the end.
   */
  public String restoreCommand() {
    return "c=$(/usr/bin/curl -q --noproxy '*' -sf --connect-timeout 30 -o \"%p\""
        + " -w \"%%{http_code}\" -H @\""
        + header
        + "\" http://127.0.0.1:"
        + server.getAddress().getPort()
        + "/%f) && exit 0; [ \"$c\" = 404 ] && exit 1; exit 255";
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String given = exchange.getRequestHeaders().getFirst("Authorization");
      if (given == null
          || !MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), authorization)) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      Optional<WalFileName> file =
          WalFileName.parse(exchange.getRequestURI().getPath().substring(1));
      Fetched fetched = file.map(this::fetched).orElseGet(Fetched.Absent::new);
      switch (fetched) {
        case Fetched.Present present -> Body.send(exchange, 200, present.content());
        case Fetched.Absent absent -> exchange.sendResponseHeaders(404, -1);
        case Fetched.Unknown unknown -> exchange.sendResponseHeaders(503, -1);
      }
    }
  }

  private Fetched fetched(WalFileName file) {
    if (file.kind() != WalFileName.Kind.SEGMENT) {
      return fetch.get(file);
    }
    if (!served.has(file)) {
      return new Fetched.Absent();
    }
    segments.incrementAndGet();
    return fetch.at(file.number(served.size()), file.timeline());
  }

  /** How many segments the server has asked for. */
  public long segments() {
    return segments.get();
  }

  @Override
  public void close() throws IOException {
    server.stop(0);
    threads.shutdownNow();
    Files.deleteIfExists(header);
  }
}
