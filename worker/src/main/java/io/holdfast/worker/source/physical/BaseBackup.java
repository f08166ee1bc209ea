package io.holdfast.worker.source.physical;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.manifest.Manifest.Tablespace;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.postgres.SqlFailures;
import io.holdfast.worker.source.Source;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One {@code BASE_BACKUP}, PostgreSQL 14 to 18, as the archives it consists of: tablespaces, the
 * base, {@code backup_manifest}. A temporary slot on the same connection keeps the WAL it needs
 * until it has been sent.
 *
 * <p>Archives are read one after the other. <b>The backup is whole only when {@link #finish} has
 * returned</b>: the server says so after the last archive.
 */
public final class BaseBackup implements Closeable {
  /**
   * A stream of the backup. {@code file} is {@code base.tar}, {@code <oid>.tar} or the manifest.
   */
  public record Archive(String file, Long tablespaceOid, Source source) {
    public boolean isManifest() {
      return file.equals(MANIFEST);
    }
  }

  public static final String MANIFEST = "backup_manifest";
  private static final int FRAMED_SINCE = 15;

  private final String node;
  private final Connection connection;
  private final ReplicationStream stream;
  private final int serverMajor;
  private final String systemIdentifier;
  private final List<Tablespace> tablespaces = new ArrayList<>();
  private long estimatedBytes;
  private Lsn startLsn;
  private int timeline;
  private Lsn stopLsn;
  private int unframedIndex;
  private Archive current;
  private String pendingFile;
  private boolean archivesEnded;

  private BaseBackup(Server server, Connection connection) throws SQLException {
    this.node = server.name();
    this.connection = connection;
    this.serverMajor = connection.getMetaData().getDatabaseMajorVersion();
    this.systemIdentifier = identifySystem()[0];
    this.stream = new ReplicationStream(connection);
  }

  /**
   * Connects, reserves WAL and begins. Returns when the server's checkpoint is done.
   *
   * @param systemIdentifier the cluster that is expected; null for any
   * @throws JobFailure CLUSTER_CHANGED when it is another cluster, PERMISSION_DENIED, SOURCE_FAILED
   */
  public static BaseBackup begin(
      Server server, BaseBackupOptions options, String systemIdentifier) {
    Connection connection = connect(server);
    try {
      BaseBackup backup = new BaseBackup(server, connection);
      try {
        backup.requireCluster(systemIdentifier);
        backup.start(options);
        return backup;
      } catch (SQLException | IOException | RuntimeException e) {
        backup.closeAfter(e);
        throw e;
      }
    } catch (SQLException e) {
      abort(connection, e);
      throw failed("starting a base backup", server.name(), e);
    } catch (IOException e) {
      throw broken(server.name(), e);
    }
  }

  private static Connection connect(Server server) {
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
      throw failed("connecting for replication", server.name(), e);
    }
  }

  private void requireCluster(String expected) {
    if (expected != null && !expected.equals(systemIdentifier)) {
      throw new JobFailure(
          ErrorCode.CLUSTER_CHANGED,
          "node '" + node + "' is of system " + systemIdentifier + ", not " + expected,
          "The node was rebuilt or its address now leads elsewhere; correct the cluster's nodes.");
    }
  }

  private void start(BaseBackupOptions options) throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE_REPLICATION_SLOT holdfast_"
              + Long.toHexString(System.nanoTime())
              + " TEMPORARY PHYSICAL RESERVE_WAL");
    }
    stream.query(options.command(serverMajor));
    expect('T');
    expect('D');
    String[] position = stream.readRow();
    startLsn = Lsn.parse(position[0]);
    timeline = Integer.parseInt(position[1]);
    expect('C');
    expect('T');
    for (char type = stream.next(); type == 'D'; type = stream.next()) {
      String[] row = stream.readRow();
      estimatedBytes += row[2] == null ? 0 : Long.parseLong(row[2]) * 1024;
      if (row[0] != null) {
        tablespaces.add(new Tablespace(Long.parseLong(row[0]), row[0], row[1]));
      }
    }
    if (framed()) {
      expect('H');
    }
  }

  private boolean framed() {
    return serverMajor >= FRAMED_SINCE;
  }

  public Lsn startLsn() {
    return startLsn;
  }

  public int timeline() {
    return timeline;
  }

  public String systemIdentifier() {
    return systemIdentifier;
  }

  /** All but the two that every cluster has; names are the oids, which is all the server sends. */
  public List<Tablespace> tablespaces() {
    return List.copyOf(tablespaces);
  }

  /** The server's estimate of the plain bytes of all archives. */
  public long estimatedBytes() {
    return estimatedBytes;
  }

  /** The next archive; the one before must have been read to its end. Empty after the last. */
  public Optional<Archive> next() {
    try {
      if (current != null && !archivesEnded && pendingFile == null) {
        throw new IllegalStateException(current.file() + " has not been read to its end");
      }
      if (framed() ? !advanceFramed() : !advanceUnframed()) {
        current = null;
        return Optional.empty();
      }
      String file = pendingFile;
      pendingFile = null;
      current = new Archive(file, oidOf(file), new ArchiveSource());
      return Optional.of(current);
    } catch (SQLException e) {
      throw failed("reading a base backup", node, e);
    } catch (IOException e) {
      throw broken(node, e);
    }
  }

  private boolean advanceFramed() throws IOException, SQLException {
    if (pendingFile == null && !archivesEnded) {
      nextChunk();
    }
    return pendingFile != null;
  }

  /** PostgreSQL 14: a copy stream for each tablespace, the base among them, then the manifest. */
  private boolean advanceUnframed() throws IOException, SQLException {
    if (unframedIndex > tablespaces.size() + 1) {
      return false;
    }
    expect('H');
    stream.skipBody();
    if (unframedIndex < tablespaces.size()) {
      pendingFile = tablespaces.get(unframedIndex).oid() + ".tar";
    } else {
      pendingFile = unframedIndex == tablespaces.size() ? "base.tar" : MANIFEST;
    }
    archivesEnded = false;
    unframedIndex++;
    return true;
  }

  private static Long oidOf(String file) {
    return Character.isDigit(file.charAt(0))
        ? Long.valueOf(file.substring(0, file.indexOf('.')))
        : null;
  }

  /** Moves to the next payload of the current archive; false at its end. */
  private boolean nextChunk() throws IOException, SQLException {
    while (true) {
      char type = stream.next();
      if (type == 'c') {
        archivesEnded = true;
        return false;
      }
      if (type != 'd') {
        throw new IOException("unexpected message '" + type + "' in a base backup");
      }
      if (!framed()) {
        return true;
      }
      switch (stream.readByte()) {
        case 'd' -> {
          return true;
        }
        case 'p' -> {
          // The server's own progress; ours counts what arrives.
        }
        case 'n' -> {
          pendingFile = stripCompression(stream.readText());
          stream.skipBody();
          return false;
        }
        case 'm' -> {
          pendingFile = MANIFEST;
          stream.skipBody();
          return false;
        }
        default -> throw new IOException("unknown part of a base backup");
      }
    }
  }

  private static String stripCompression(String file) {
    return file.substring(0, file.indexOf(".tar") + ".tar".length());
  }

  /**
   * Waits until the server says that the backup is whole, and looks again at who it is.
   *
   * @return the position up to which WAL is needed
   * @throws JobFailure CLUSTER_CHANGED when the node changed its timeline meanwhile
   */
  public Lsn finish() {
    try {
      expect('T');
      expect('D');
      String[] position = stream.readRow();
      stopLsn = Lsn.parse(position[0]);
      requireSame("timeline", Integer.toString(timeline), position[1]);
      for (char type = stream.next(); type != 'Z'; type = stream.next()) {
        if (type != 'C') {
          throw new IOException("unexpected message '" + type + "' after a base backup");
        }
      }
      stream.skipBody();
      String[] now = identifySystem();
      requireSame("system identifier", systemIdentifier, now[0]);
      requireSame("timeline", Integer.toString(timeline), now[1]);
      return stopLsn;
    } catch (SQLException e) {
      throw failed("ending a base backup", node, e);
    } catch (IOException e) {
      throw broken(node, e);
    }
  }

  private void requireSame(String what, String before, String after) {
    if (!before.equals(after)) {
      throw new JobFailure(
          ErrorCode.CLUSTER_CHANGED,
          "node '" + node + "' changed its " + what + " from " + before + " to " + after,
          "A failover happened during the backup; it is taken again.");
    }
  }

  private String[] identifySystem() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
      row.next();
      return new String[] {row.getString("systemid"), row.getString("timeline")};
    }
  }

  private void expect(char wanted) throws IOException, SQLException {
    char type = stream.next();
    if (type != wanted) {
      throw new IOException("the server sent '" + type + "' where '" + wanted + "' was due");
    }
  }

  private static JobFailure failed(String doing, String node, SQLException e) {
    String message = SqlFailures.message(e);
    if (message.contains("promoted during online backup")) {
      return new JobFailure(
          ErrorCode.CLUSTER_CHANGED,
          "node '" + node + "' was promoted during the backup: " + message,
          "The backup is taken again from the cluster as it is now.",
          e);
    }
    return SqlFailures.of(doing, node, e, ErrorCode.SOURCE_FAILED);
  }

  private static JobFailure broken(String node, IOException e) {
    return new JobFailure(
        ErrorCode.SOURCE_FAILED,
        "the connection to node '" + node + "' broke during a base backup: " + e.getMessage(),
        "Look at the server's log and at the network between it and the worker.",
        e);
  }

  private void closeAfter(Exception first) {
    try {
      close();
    } catch (IOException e) {
      first.addSuppressed(e);
    }
  }

  private static void abort(Connection connection, Exception first) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      first.addSuppressed(e);
    }
  }

  /** Ends the backup at the server as well. Idempotent; any thread. */
  @Override
  public void close() throws IOException {
    stream.close();
  }

  /** The stream of the current archive. */
  private final class ArchiveSource implements Source {
    private boolean ended;

    @Override
    public InputStream stream() {
      return new InputStream() {
        @Override
        public int read() throws IOException {
          byte[] one = new byte[1];
          return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
          try {
            while (!ended && stream.bodyLeft() == 0) {
              ended = !nextChunk();
            }
            return ended ? -1 : stream.read(buffer, offset, length);
          } catch (SQLException e) {
            throw failed("reading a base backup", node, e);
          } catch (IOException e) {
            throw broken(node, e);
          }
        }
      };
    }

    @Override
    public void complete() {
      if (!ended) {
        throw new JobFailure(
            ErrorCode.SOURCE_FAILED,
            "an archive of the base backup was not read to its end",
            "This is a defect in Holdfast.");
      }
    }

    @Override
    public void close() {
      if (!ended) {
        try {
          BaseBackup.this.close();
        } catch (IOException e) {
          throw broken(node, e);
        }
      }
    }
  }
}
