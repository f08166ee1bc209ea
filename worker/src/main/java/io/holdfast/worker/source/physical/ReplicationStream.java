package io.holdfast.worker.source.physical;

import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGProperty;
import org.postgresql.core.PGStream;
import org.postgresql.core.QueryExecutorBase;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Messages of the frontend/backend protocol, version 3, on a connection that pgjdbc opened: TLS and
 * authentication stay the driver's. {@code BASE_BACKUP} mixes result sets and copy streams in one
 * answer, which the driver's public interface cannot read; this is the one class that reaches into
 * it, and a test pins it to the driver's version.
 *
 * <p>Used by one thread; {@link #close} may be called by another to end a blocked read.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">Message
 *     formats</a>
 */
final class ReplicationStream implements Closeable {
  private static final int COPY_CHUNK_BYTES = 64 * 1024;

  private final Connection connection;
  private final PGStream stream;
  private int bodyLeft;

  ReplicationStream(Connection connection) throws SQLException {
    this.connection = connection;
    try {
      Field field = QueryExecutorBase.class.getDeclaredField("pgStream");
      field.setAccessible(true);
      this.stream = (PGStream) field.get(connection.unwrap(PgConnection.class).getQueryExecutor());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this version of pgjdbc keeps its stream elsewhere", e);
    }
  }

  /**
   * Opens a connection for physical replication.
   *
   * @throws io.holdfast.worker.failure.JobFailure as {@link BaseBackupFailure} says
   */
  static Connection connect(Server server) {
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
    try {
      source.setProperty(PGProperty.REPLICATION, "true");
      source.setProperty(PGProperty.PREFER_QUERY_MODE, "simple");
      source.setProperty(PGProperty.ASSUME_MIN_SERVER_VERSION, "9.4");
      return source.getConnection();
    } catch (SQLException e) {
      throw BaseBackupFailure.of("connecting for replication", server.name(), e);
    }
  }

  /** Sends a simple query; the answer is read message by message. */
  void query(String sql) throws IOException {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    stream.sendChar('Q');
    stream.sendInteger4(4 + text.length + 1);
    stream.send(text);
    stream.sendChar(0);
    stream.flush();
  }

  /** Sends a command that takes a copy stream, with the whole stream, and waits for its end. */
  void copyIn(String command, byte[] content) throws IOException, SQLException {
    query(command);
    expect('G');
    for (int at = 0; at < content.length; at += COPY_CHUNK_BYTES) {
      int length = Math.min(COPY_CHUNK_BYTES, content.length - at);
      stream.sendChar('d');
      stream.sendInteger4(4 + length);
      stream.send(content, at, length);
    }
    stream.sendChar('c');
    stream.sendInteger4(4);
    stream.flush();
    expect('C');
    expect('Z');
    skipBody();
  }

  /**
   * The type of the next message; its body is left to read. Notices and parameter reports are
   * passed over.
   *
   * @throws SQLException when the message is an error
   */
  char next() throws IOException, SQLException {
    skipBody();
    while (true) {
      char type = (char) stream.receiveChar();
      bodyLeft = stream.receiveInteger4() - 4;
      switch (type) {
        case 'N', 'S', 'A' -> skipBody();
        case 'E' -> throw error();
        default -> {
          return type;
        }
      }
    }
  }

  /** As {@link #next}, when only one type may come. */
  void expect(char wanted) throws IOException, SQLException {
    char type = next();
    if (type != wanted) {
      throw new IOException("the server sent '" + type + "' where '" + wanted + "' was due");
    }
  }

  int bodyLeft() {
    return bodyLeft;
  }

  int readByte() throws IOException {
    bodyLeft--;
    return stream.receiveChar();
  }

  private int readShort() throws IOException {
    bodyLeft -= 2;
    return stream.receiveInteger2();
  }

  private int readInt() throws IOException {
    bodyLeft -= 4;
    return stream.receiveInteger4();
  }

  /** A zero-terminated string. */
  String readText() throws IOException {
    StringBuilder bytes = new StringBuilder();
    for (int b = readByte(); b != 0; b = readByte()) {
      bytes.append((char) b);
    }
    return new String(
        bytes.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** Up to {@code length} bytes of the current body, at least one. */
  int read(byte[] buffer, int offset, int length) throws IOException {
    int n = Math.min(length, bodyLeft);
    stream.receive(buffer, offset, n);
    bodyLeft -= n;
    return n;
  }

  /** The columns of a {@code DataRow} as text; null for SQL null. */
  String[] readRow() throws IOException {
    String[] row = new String[readShort()];
    for (int i = 0; i < row.length; i++) {
      int length = readInt();
      if (length >= 0) {
        bodyLeft -= length;
        row[i] = new String(stream.receive(length), StandardCharsets.UTF_8);
      }
    }
    return row;
  }

  /** Passes over what is left of the current message. */
  void skipBody() throws IOException {
    if (bodyLeft > 0) {
      stream.skip(bodyLeft);
      bodyLeft = 0;
    }
  }

  private SQLException error() throws IOException {
    byte[] body = stream.receive(bodyLeft);
    bodyLeft = 0;
    return new PSQLException(
        new ServerErrorMessage(new String(body, StandardCharsets.UTF_8)), false);
  }

  /**
   * Tells the server to stop and cuts the connection; it ends the backup and drops the temporary
   * slot. A server that waits for its checkpoint would not notice the cut alone.
   */
  void cancel() throws IOException {
    try (this) {
      connection.unwrap(PgConnection.class).cancelQuery();
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  /** Cuts the connection. */
  @Override
  public void close() throws IOException {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }
}
