package io.holdfast.embedded.postgres;

import io.holdfast.embedded.process.Account;
import io.holdfast.embedded.process.AtExit;
import io.holdfast.embedded.process.Await;
import io.holdfast.embedded.process.Command;
import io.holdfast.embedded.process.Folders;
import io.holdfast.embedded.process.Ports;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One PostgreSQL server with its state in one folder: {@code data} (the data directory), {@code
 * server.log} and {@code port}. It listens on 127.0.0.1 and on a private socket folder only; logins
 * over TCP need their SCRAM password.
 *
 * <p>{@link #close()} stops the server and leaves the folder, so that it can be opened again. Not
 * thread-safe, except that connections may be taken from any thread.
 */
public final class PostgresServer implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final int DEFAULT_SEGMENT_MEGABYTES = 16;
  private static final int PORT_TRIES = 5;

  private final PostgresInstall install;
  private final ServerFolder folder;
  private final Login superuser;
  private final String name;
  private final Account account = Account.forPostgres();
  private AtExit stopAtExit;
  private Path sockets;
  private int port;

  private PostgresServer(PostgresInstall install, Path folder, Login superuser, String name) {
    this.install = install;
    this.folder = new ServerFolder(folder.toAbsolutePath(), account);
    this.superuser = superuser;
    this.name = name;
  }

  /**
   * Creates the server's data directory with data checksums, UTF-8 and the C collation. Nothing is
   * started.
   *
   * @param folder absent or empty; reachable by the user postgres when we are root
   * @param settings lines for postgresql.conf; the port, the addresses and the socket folder are
   *     not theirs to set
   */
  public static PostgresServer create(
      PostgresInstall install, Path folder, Login superuser, Map<String, String> settings) {
    return create(install, folder, superuser, settings, DEFAULT_SEGMENT_MEGABYTES);
  }

  /**
   * As above.
   *
   * @param segmentMegabytes size of WAL segments, a power of two up to 1024
   */
  public static PostgresServer create(
      PostgresInstall install,
      Path folder,
      Login superuser,
      Map<String, String> settings,
      int segmentMegabytes) {
    PostgresServer server = new PostgresServer(install, folder, superuser, folderName(folder));
    server.folder.prepare();
    server.folder.initialise(
        server.command("initdb").with("--wal-segsize=" + segmentMegabytes), superuser);
    server.set(settings);
    return server;
  }

  /**
   * The server whose data directory lies in {@code folder/data} already: from {@link #create}, a
   * base backup or a restore. Nothing is started; the major is read from the data directory.
   */
  public static PostgresServer open(Path folder, Login superuser) {
    int major = ServerFolder.majorIn(folder);
    PostgresInstall install =
        PostgresInstall.byMajor(major)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        folder + " is of PostgreSQL " + major + ", which is not installed"));
    PostgresServer server = new PostgresServer(install, folder, superuser, folderName(folder));
    server.folder.prepare();
    return server;
  }

  /** Whether {@link #open} would find a data directory there. */
  public static boolean exists(Path folder) {
    return ServerFolder.hasData(folder);
  }

  private static String folderName(Path folder) {
    return folder.getFileName().toString();
  }

  /** Adds lines to postgresql.conf; they count from the next start or {@code pg_reload_conf()}. */
  public void set(Map<String, String> settings) {
    StringBuilder lines = new StringBuilder();
    settings.forEach(
        (key, value) ->
            lines.append(key).append(" = '").append(value.replace("'", "''")).append("'\n"));
    folder.append("postgresql.conf", lines.toString());
  }

  /** Adds a line to pg_hba.conf, below those of initdb. */
  public void allow(String line) {
    folder.append("pg_hba.conf", line + "\n");
  }

  /** Starts on the port it had before, or on a free one the first time; answers when it accepts. */
  public PostgresServer start() {
    OptionalInt before = folder.port();
    if (before.isPresent()) {
      return start(before.getAsInt());
    }
    for (int attempt = 1; ; attempt++) {
      try {
        start(Ports.lasting());
        break;
      } catch (IllegalStateException e) {
        // Somebody may have taken the port between our look and the server's bind.
        if (attempt == PORT_TRIES || !log().contains("could not create any TCP/IP sockets")) {
          throw e;
        }
      }
    }
    folder.keepPort(port);
    return this;
  }

  /** Starts on this port. A server that an earlier, killed parent left running is stopped first. */
  public PostgresServer start(int wantedPort) {
    if (isRunning()) {
      stop();
    }
    port = wantedPort;
    // Socket paths are limited to 107 bytes, so the folder is short and not below ours.
    sockets = Folders.temporary("s");
    account.give(sockets);
    try {
      pgCtl("start")
          .with("-l", folder.log().toString())
          .with("-o", "-p " + port + " -c listen_addresses=127.0.0.1")
          .with("-o", "-c unix_socket_directories=" + sockets + " -c cluster_name=" + name)
          .run(PATIENCE.plusSeconds(5));
      stopAtExit = AtExit.run("stop the server of " + folder, this::stop);
      checkThatItIsOurs();
    } catch (RuntimeException e) {
      Folders.delete(sockets);
      throw new IllegalStateException(e.getMessage() + "\n" + tail(log()), e);
    }
    return this;
  }

  /** On a port that another server holds, clients would silently reach that one. */
  private void checkThatItIsOurs() {
    String reached = queryText("show data_directory");
    if (!reached.equals(data().toString())) {
      throw new IllegalStateException(
          "port " + port + " belongs to the server of " + reached + ", not of " + data());
    }
  }

  /** Stops cleanly: sessions are disconnected, everything is flushed. */
  public void stop() {
    stop("fast");
  }

  /** Stops as after a power failure of the server process: recovery runs at the next start. */
  public void stopImmediately() {
    stop("immediate");
  }

  private void stop(String mode) {
    if (isRunning()) {
      pgCtl("stop").with("-m", mode).run(PATIENCE.plusSeconds(5));
    }
    forget();
  }

  /** Kills the server and all of its processes (SIGKILL) and waits until they are gone. */
  public void kill() {
    ProcessHandle postmaster = process();
    List<ProcessHandle> all =
        Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    Await.until(
        "every process of " + folder + " is gone",
        PATIENCE,
        () -> all.stream().noneMatch(ProcessHandle::isAlive));
    forget();
  }

  /** The postmaster. */
  public ProcessHandle process() {
    return folder
        .postmaster()
        .orElseThrow(() -> new IllegalStateException("no server runs from " + folder));
  }

  public boolean isRunning() {
    return folder.postmaster().isPresent();
  }

  /** Makes a standby a primary; answers when it accepts writes. */
  public void promote() {
    pgCtl("promote").run(PATIENCE.plusSeconds(5));
    Await.until(
        name + " accepts writes",
        PATIENCE,
        () -> queryText("select pg_is_in_recovery()").equals("f"));
  }

  /** Runs statements as the superuser, each in its own transaction, in database postgres. */
  public void execute(String... statements) {
    executeIn("postgres", statements);
  }

  public void executeIn(String database, String... statements) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(name + ": " + e.getMessage(), e);
    }
  }

  /** The first column of the first row as text, asked as the superuser in database postgres. */
  public String queryText(String sql) {
    return queryTextIn("postgres", sql);
  }

  public String queryTextIn(String database, String sql) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      if (!rows.next()) {
        throw new IllegalStateException(name + ": no row for: " + sql);
      }
      return rows.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(name + ": " + e.getMessage(), e);
    }
  }

  /** A session of the superuser; the caller closes it. */
  public Connection connect(String database) throws SQLException {
    return connect(database, superuser);
  }

  public Connection connect(String database, Login login) throws SQLException {
    // Not DriverManager: what it finds depends on whose class loader asks first.
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {host()});
    source.setPortNumbers(new int[] {port()});
    source.setDatabaseName(database);
    source.setUser(login.username());
    source.setPassword(login.password());
    return source.getConnection();
  }

  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:"
        + port
        + "/"
        + URLEncoder.encode(database, StandardCharsets.UTF_8);
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return port;
  }

  /** {@code host:port}. */
  public String endpoint() {
    return host() + ":" + port;
  }

  public Login superuser() {
    return superuser;
  }

  public PostgresInstall install() {
    return install;
  }

  /** The data directory. */
  public Path data() {
    return folder.data();
  }

  /** Everything the server has logged so far. */
  public String log() {
    return folder.logged();
  }

  @Override
  public void close() {
    stop();
  }

  Command command(String program) {
    return Command.of(install.program(program)).as(account).environment("LC_ALL", "C");
  }

  private Command pgCtl(String verb) {
    return command("pg_ctl")
        .with(verb, "-D", data().toString(), "-w", "-t", Long.toString(PATIENCE.toSeconds()));
  }

  private void forget() {
    if (stopAtExit != null) {
      stopAtExit.cancel();
      stopAtExit = null;
    }
    if (sockets != null) {
      Folders.delete(sockets);
      sockets = null;
    }
  }

  private static String tail(String text) {
    return text.substring(Math.max(0, text.length() - 2000));
  }
}
