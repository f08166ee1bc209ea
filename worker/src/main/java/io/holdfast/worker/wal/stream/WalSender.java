package io.holdfast.worker.wal.stream;

import io.holdfast.model.Lsn;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import java.io.Closeable;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.postgresql.PGProperty;
import org.postgresql.copy.CopyDual;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PgConnection;

/**
 * A connection to a server's WAL sender. The driver's own replication stream cannot name a
 * timeline, so its messages are read here.
 *
 * <p>Used by one thread; {@link #close} may come from another.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html">Streaming
 *     replication protocol</a>
 */
final class WalSender implements Closeable {
  private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  /** How long a read waits; between two reads the server is told how far we are. */
  private static final int IDLE_SECONDS = 1;

  private static final int DATA_HEADER = 1 + 8 + 8 + 8;
  private static final byte REPLY_REQUESTED = 1;
  private static final int STATUS_BYTES = 1 + 8 + 8 + 8 + 8 + 1;

  private final Connection connection;
  private final Clock clock;
  private CopyDual copy;
  private Lsn received;

  private WalSender(Connection connection, Clock clock) {
    this.connection = connection;
    this.clock = clock;
  }

  static WalSender connect(Server server, Clock clock) throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {server.host()});
    source.setPortNumbers(new int[] {server.port()});
    source.setDatabaseName("replication");
    source.setUser(server.login().username());
    source.setPassword(server.login().password());
    source.setSslMode(server.sslMode());
    source.setApplicationName(Connections.APPLICATION_NAME);
    source.setConnectTimeout(15);
    source.setTcpKeepAlive(true);
    source.setSocketTimeout(IDLE_SECONDS);
    source.setProperty(PGProperty.REPLICATION, "true");
    source.setProperty(PGProperty.PREFER_QUERY_MODE, "simple");
    source.setProperty(PGProperty.ASSUME_MIN_SERVER_VERSION, "9.4");
    return new WalSender(source.getConnection(), clock);
  }

  /**
   * @param systemIdentifier decimal text
   * @param flushed how far the server's WAL is on its disk
   */
  record Identity(String systemIdentifier, int timeline, Lsn flushed) {}

  Identity identify() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
      row.next();
      return new Identity(row.getString(1), row.getInt(2), Lsn.parse(row.getString(3)));
    }
  }

  /** The content of a timeline's history file. */
  byte[] history(int timeline) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
      row.next();
      return row.getString(2).getBytes(StandardCharsets.UTF_8);
    }
  }

  /** Begins to stream; the server says so or fails. */
  void start(String slot, Lsn from, int timeline) throws SQLException {
    received = from;
    copy =
        connection
            .unwrap(PgConnection.class)
            .getCopyAPI()
            .copyDual(
                "START_REPLICATION SLOT \""
                    + slot
                    + "\" PHYSICAL "
                    + from
                    + " TIMELINE "
                    + timeline);
  }

  /**
   * What came.
   *
   * @param at where {@code bytes} begin in the WAL
   */
  record Data(Lsn at, ByteBuffer bytes) {}

  /**
   * The next piece of WAL; empty when none came within a second.
   *
   * @throws SQLException also when the connection is gone
   */
  Optional<Data> read() throws SQLException {
    try {
      byte[] message = copy.readFromCopy(true);
      if (message == null) {
        return Optional.empty();
      }
      if (message[0] != 'w') {
        if (message[message.length - 1] == REPLY_REQUESTED) {
          letGo();
        }
        return Optional.empty();
      }
      ByteBuffer bytes = ByteBuffer.wrap(message);
      Lsn at = new Lsn(bytes.getLong(1));
      received = new Lsn(at.address() + message.length - DATA_HEADER);
      return Optional.of(new Data(at, bytes.position(DATA_HEADER).slice()));
    } catch (SQLException e) {
      if (e.getCause() instanceof SocketTimeoutException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Up to where WAL has come. */
  Lsn received() {
    return received;
  }

  /** Whether the server has ended the stream. */
  boolean ended() {
    return !copy.isActive();
  }

  /**
   * Answers a keepalive that wants it. A server that shuts down waits for its receivers: until they
   * have written what they report, or flushed it when they report that, too. What is flushed is
   * whole segments here, and the server would wait for the end of one for ever. Without a word on
   * that it ends, and the slot stays where it is.
   */
  private void letGo() throws SQLException {
    report(received.address(), 0);
  }

  /** Tells the server up to where WAL is stored and needs not be kept for us. */
  void confirm(Lsn stored) throws SQLException {
    report(stored.address(), stored.address());
  }

  private void report(long written, long flushed) throws SQLException {
    long micros = Duration.between(POSTGRES_EPOCH, clock.instant()).toNanos() / 1000;
    byte[] status =
        ByteBuffer.allocate(STATUS_BYTES)
            .put((byte) 'r')
            .putLong(written)
            .putLong(flushed)
            .putLong(0)
            .putLong(micros)
            .put((byte) 0)
            .array();
    copy.writeToCopy(status, 0, status.length);
    copy.flushCopy();
  }

  /** Cuts the connection; the slot is free for another worker as soon as the server notices. */
  @Override
  public void close() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      throw new IllegalStateException("aborting a connection failed", e);
    }
  }
}
