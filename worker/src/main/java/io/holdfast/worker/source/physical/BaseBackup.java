package io.holdfast.worker.source.physical;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.manifest.Manifest.Tablespace;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.postgres.SqlFailures;
import io.holdfast.worker.progress.Progress;
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
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One {@code BASE_BACKUP}, PostgreSQL 14 to 18, as the archives it consists of: tablespaces, the
 * base, {@code backup_manifest}. An incremental one, since PostgreSQL 17, has {@code INCREMENTAL.*}
 * files in them, and its server is first shown the manifest of the backup it builds on. A temporary
 * slot on the same connection keeps the WAL it needs until it has been sent.
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

  private static final String NOT_IN_PREREQUISITE_STATE = "55000";

  private final String node;
  private final Connection connection;
  private final ReplicationStream stream;
  private final int serverMajor;
  private final SystemIdentity system;
  private final List<Tablespace> tablespaces = new ArrayList<>();
  private long estimatedBytes;
  private Lsn startLsn;
  private int timeline;
  private ArchiveFrames frames;
  private final AtomicBoolean open = new AtomicBoolean(true);
  private volatile boolean finished;

  private BaseBackup(Server server, Connection connection) throws SQLException {
    this.node = server.name();
    this.connection = connection;
    this.serverMajor = connection.getMetaData().getDatabaseMajorVersion();
    this.system = SystemIdentity.read(connection);
    this.stream = new ReplicationStream(connection);
  }

  /**
   * Connects, reserves WAL and begins. Returns when the server's checkpoint is done, which may take
   * minutes when it is spread; a stop ends the wait.
   *
   * @param systemIdentifier the cluster that is expected; null for any
   * @throws JobFailure CLUSTER_CHANGED when it is another cluster, PERMISSION_DENIED,
   *     SOURCE_FAILED, INVALID_SELECTION when the node cannot give what the options ask for
   */
  public static BaseBackup begin(
      Server server, BaseBackupOptions options, String systemIdentifier, Progress progress) {
    Connection connection = ReplicationStream.connect(server);
    try {
      BaseBackup backup = new BaseBackup(server, connection);
      try (Progress.Registration stop = progress.closeOnStop(backup)) {
        backup.system.requireCluster(systemIdentifier, server.name());
        backup.start(options);
        return backup;
      } catch (SQLException | IOException | RuntimeException e) {
        backup.closeAfter(e);
        progress.advanced(0); // a stop is the reason, if there was one
        throw e;
      }
    } catch (SQLException e) {
      abort(connection, e);
      throw BaseBackupFailure.of("starting a base backup", server.name(), e);
    } catch (IOException e) {
      throw BaseBackupFailure.broken(server.name(), e);
    }
  }

  private void start(BaseBackupOptions options) throws SQLException, IOException {
    String command = options.command(serverMajor);
    if (options.incremental()) {
      requireSummaries();
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE_REPLICATION_SLOT holdfast_"
              + Long.toHexString(System.nanoTime())
              + " TEMPORARY PHYSICAL RESERVE_WAL");
    }
    if (options.incremental()) {
      stream.copyIn("UPLOAD_MANIFEST", options.parentManifest().get());
    }
    stream.query(command);
    String[] position = position(options);
    startLsn = Lsn.parse(position[0]);
    timeline = Integer.parseInt(position[1]);
    stream.expect('C');
    stream.expect('T');
    for (char type = stream.next(); type == 'D'; type = stream.next()) {
      String[] row = stream.readRow();
      estimatedBytes += row[2] == null ? 0 : Long.parseLong(row[2]) * 1024;
      if (row[0] != null) {
        tablespaces.add(new Tablespace(Long.parseLong(row[0]), row[0], row[1]));
      }
    }
    frames = new ArchiveFrames(stream, serverMajor, tablespaces);
  }

  /** The server knows the option only since it can be on. */
  private void requireSummaries() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW summarize_wal")) {
      row.next();
      if (!row.getString(1).equals("on")) {
        throw BaseBackupFailure.notIncremental(
            "summarize_wal is off on node '"
                + node
                + "', so that nothing tells which pages changed",
            null);
      }
    }
  }

  /** The server answers when its checkpoint is done and, for an incremental, what it needs. */
  private String[] position(BaseBackupOptions options) throws SQLException, IOException {
    try {
      stream.expect('T');
      stream.expect('D');
      return stream.readRow();
    } catch (SQLException e) {
      if (options.incremental() && NOT_IN_PREREQUISITE_STATE.equals(e.getSQLState())) {
        throw BaseBackupFailure.notIncremental(
            "node '" + node + "' says: " + SqlFailures.message(e), e);
      }
      throw e;
    }
  }

  public Lsn startLsn() {
    return startLsn;
  }

  public int timeline() {
    return timeline;
  }

  public String systemIdentifier() {
    return system.systemIdentifier();
  }

  /** All but the two that every cluster has; names are the oids, which is all the server sends. */
  public List<Tablespace> tablespaces() {
    return List.copyOf(tablespaces);
  }

  /**
   * The server's estimate of the plain bytes of all archives, far too high for an incremental
   * backup. It leaves out the WAL that they hold besides, and what is written while the backup
   * runs.
   */
  public long estimatedBytes() {
    return estimatedBytes;
  }

  /** The next archive; the one before must have been read to its end. Empty after the last. */
  public Optional<Archive> next() {
    try {
      return Optional.ofNullable(frames.nextFile())
          .map(file -> new Archive(file, oidOf(file), new ArchiveSource()));
    } catch (SQLException e) {
      throw BaseBackupFailure.of("reading a base backup", node, e);
    } catch (IOException e) {
      throw BaseBackupFailure.broken(node, e);
    }
  }

  private static Long oidOf(String file) {
    return Character.isDigit(file.charAt(0))
        ? Long.valueOf(file.substring(0, file.indexOf('.')))
        : null;
  }

  /**
   * Waits until the server says that the backup is whole, and looks again at who it is.
   *
   * @return the position up to which WAL is needed
   * @throws JobFailure CLUSTER_CHANGED when the node changed its timeline meanwhile
   */
  public Lsn finish() {
    try {
      stream.expect('T');
      stream.expect('D');
      String[] position = stream.readRow();
      for (char type = stream.next(); type != 'Z'; type = stream.next()) {
        if (type != 'C') {
          throw new IOException("unexpected message '" + type + "' after a base backup");
        }
      }
      stream.skipBody();
      finished = true;
      SystemIdentity begun = new SystemIdentity(system.systemIdentifier(), timeline);
      new SystemIdentity(system.systemIdentifier(), Integer.parseInt(position[1]))
          .requireStill(begun, node);
      SystemIdentity.read(connection).requireStill(begun, node);
      return Lsn.parse(position[0]);
    } catch (SQLException e) {
      throw BaseBackupFailure.of("ending a base backup", node, e);
    } catch (IOException e) {
      throw BaseBackupFailure.broken(node, e);
    }
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
    if (open.getAndSet(false)) {
      if (finished) {
        stream.close();
      } else {
        stream.cancel();
      }
    }
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
          if (ended) {
            return -1;
          }
          try {
            int n = frames.read(buffer, offset, length);
            ended = n < 0;
            return n;
          } catch (SQLException e) {
            throw BaseBackupFailure.of("reading a base backup", node, e);
          } catch (IOException e) {
            throw BaseBackupFailure.broken(node, e);
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
          throw BaseBackupFailure.broken(node, e);
        }
      }
    }
  }
}
