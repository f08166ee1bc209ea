package io.holdfast.worker.wal.archive;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.wal.fetch.ArchiveReads;
import io.holdfast.worker.wal.fetch.Body;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/**
 * What a server's {@code archive_command} and {@code restore_command} talk to: {@code PUT}, {@code
 * POST} and {@code GET /wal/<cluster>/<file>} on loopback, with nothing but the JDK, so that it
 * answers while everything else is away. A put brings the file; a post only names it, and its body
 * is the server's data directory, where the worker reads it. One that succeeds (201 stored, 200
 * stored before) means durable; every other answer makes {@code curl --fail} exit 22, which the
 * server takes for "try again". A get answers 404 only when the archive certainly has no such file.
 */
public final class WalListener implements Closeable {
  private static final Logger LOG = Logger.getLogger(WalListener.class);

  /** What may be read before servers ask for it, and how many files they are given at a time. */
  private static final long AHEAD_BYTES = 64L * 1024 * 1024;

  private static final int MOST_DELIVERIES = 4;
  private static final int BACKLOG = 128;
  private static final int LONGEST_PATH = 4096;
  private static final Set<String> METHODS = Set.of("PUT", "POST", "GET");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final OpenArchives archives;
  private final Credentials credentials;
  private final ArchiveReads reads = new ArchiveReads(Clock.systemUTC(), AHEAD_BYTES);
  private final Semaphore deliveries = new Semaphore(MOST_DELIVERIES, true);
  private final Room room = new Room();
  private final Backlogs backlogs;

  private WalListener(HttpServer server, OpenArchives archives, Credentials credentials) {
    this.server = server;
    this.archives = archives;
    this.credentials = credentials;
    this.backlogs = new Backlogs(archives, credentials, room, threads);
  }

  /**
   * Listens on 127.0.0.1.
   *
   * @param port 0 for any free one
   */
  public static WalListener start(int port, OpenArchives archives, Credentials credentials)
      throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    WalListener listener = new WalListener(server, archives, credentials);
    server.createContext("/", listener::answer);
    server.setExecutor(listener.threads);
    server.start();
    return listener;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("GET")) {
      send(exchange);
      return;
    }
    // A file is in memory until the last of it is sent.
    deliveries.acquireUninterruptibly();
    try {
      send(exchange);
    } finally {
      deliveries.release();
    }
  }

  private void send(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = handle(exchange);
      exchange.getResponseHeaders().add("Content-Type", answer.type());
      Body.send(exchange, answer.status(), answer.body());
    } catch (IOException e) {
      // The client has gone: what was stored is stored, and it will ask again.
      LOG.debugf(e, "a client of the WAL listener went away");
    }
  }

  private record Answer(int status, String type, byte[] body) {
    /** A status and a sentence for people. */
    Answer(int status, String text) {
      this(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  private Answer handle(HttpExchange exchange) throws IOException {
    List<String> path = List.of(exchange.getRequestURI().getPath().split("/", -1));
    if (path.size() != 4 || !path.get(0).isEmpty() || !path.get(1).equals("wal")) {
      return new Answer(404, "the address is /wal/<cluster>/<file>");
    }
    String method = exchange.getRequestMethod();
    if (!METHODS.contains(method)) {
      return new Answer(405, "files are put here, named here and fetched from here");
    }
    Optional<WalFileName> file = WalFileName.parse(path.get(3));
    if (file.isEmpty()) {
      return new Answer(422, "PostgreSQL archives no files of that name");
    }
    try {
      if (!authorized(exchange, path.get(2))) {
        return new Answer(401, "the token is not the one that this worker knows for the cluster");
      }
      Optional<ClusterArchive> archive = archives.of(path.get(2));
      if (archive.isEmpty()) {
        // Not 404: whoever fetches must not take it for the end of the archive.
        return new Answer(
            421, "this worker has not been told to archive cluster '" + path.get(2) + "'");
      }
      return switch (method) {
        case "PUT" -> push(exchange, archive.get(), file.get());
        case "POST" -> pushNamed(exchange, archive.get(), file.get());
        default -> fetch(archive.get(), file.get());
      };
    } catch (JobFailure e) {
      LOG.warnf("%s %s of cluster %s failed: %s", method, file.get(), path.get(2), e.getMessage());
      return new Answer(status(e.code()), e.code() + ": " + e.getMessage() + ". " + e.hint());
    } catch (RuntimeException e) {
      LOG.errorf(e, "%s %s of cluster %s failed", method, file.get(), path.get(2));
      return new Answer(500, "INTERNAL: the worker's log says what failed");
    }
  }

  private boolean authorized(HttpExchange exchange, String cluster) {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    // A cluster without a token is refused like one with another token: names are not told.
    String wanted = credentials.archiveToken(cluster).map("Bearer "::concat).orElse("");
    return given != null
        && !wanted.isEmpty()
        && MessageDigest.isEqual(
            given.getBytes(StandardCharsets.UTF_8), wanted.getBytes(StandardCharsets.UTF_8));
  }

  private Answer fetch(ClusterArchive archive, WalFileName file) {
    return reads
        .get(archive.store(), file)
        .map(plain -> new Answer(200, "application/octet-stream", plain))
        .orElseGet(() -> new Answer(404, "the archive has no " + file));
  }

  private Answer push(HttpExchange exchange, ClusterArchive archive, WalFileName file)
      throws IOException {
    String header = exchange.getRequestHeaders().getFirst("Content-Length");
    long length = header != null && header.matches("[0-9]{1,12}") ? Long.parseLong(header) : -1;
    if (length < 0) {
      return new Answer(411, "the length of the file must be given");
    }
    ClusterArchive.requireWithinLimit(file, length);
    return stored(room.within(length, () -> archive.push(file, exchange.getRequestBody(), length)));
  }

  /** The body is the server's own directory; the file is read there. */
  private Answer pushNamed(HttpExchange exchange, ClusterArchive archive, WalFileName file)
      throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(LONGEST_PATH);
    try {
      Path directory = Path.of(new String(body, StandardCharsets.UTF_8));
      return stored(backlogs.archive(archive, file, directory));
    } catch (InvalidPathException e) {
      return new Answer(422, "the body is the path of the server's data directory");
    }
  }

  private static Answer stored(boolean fresh) {
    return fresh ? new Answer(201, "stored") : new Answer(200, "stored before");
  }

  private static int status(ErrorCode code) {
    return switch (code) {
      case WAL_DAMAGED -> 422;
      case COMMAND_REFUSED -> 409;
      case REPOSITORY_UNAVAILABLE, NODE_UNREACHABLE, NO_SPACE -> 503;
      default -> 500;
    };
  }

  /** Takes nothing new; what is being stored may end within two seconds. */
  @Override
  public void close() {
    server.stop(2);
    threads.shutdownNow();
    reads.close();
  }
}
