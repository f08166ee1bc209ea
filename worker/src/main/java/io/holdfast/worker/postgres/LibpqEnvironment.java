package io.holdfast.worker.postgres;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The environment by which a libpq child finds its server. A database name goes into {@code
 * PGDATABASE}, which libpq takes literally; the same text as {@code -d} or as a bare argument is
 * parsed as a connection string when it holds {@code =} or begins like a URL. {@code pg_restore}
 * gets {@code --dbname=} with nothing after it: it then connects, and libpq falls back to the
 * environment.
 *
 * <p>The password lies in a file that only the worker's user may read, gone with {@link #close}: an
 * environment can be read by others of the same user and is inherited, arguments by everybody.
 */
public final class LibpqEnvironment implements Closeable {
  private static final String PREFIX = "holdfast-";
  private static final String SUFFIX = ".pgpass";
  private static final Pattern NAME = Pattern.compile("holdfast-(\\d{1,10})-\\d+\\.pgpass");
  private static final long PID = ProcessHandle.current().pid();

  private final Map<String, String> variables = new TreeMap<>();
  private final Path passFile;

  private LibpqEnvironment(Server server, String database) throws IOException {
    variables.put("PGHOST", server.host());
    variables.put("PGPORT", Integer.toString(server.port()));
    variables.put("PGUSER", server.login().username());
    variables.put("PGDATABASE", database);
    variables.put("PGSSLMODE", server.sslMode());
    variables.put("PGAPPNAME", Connections.APPLICATION_NAME);
    variables.put("PGCONNECT_TIMEOUT", "15");
    passFile =
        Files.createTempFile(
            PREFIX + PID + "-",
            SUFFIX,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    variables.put("PGPASSFILE", passFile.toString());
    if (server.login().password() != null) {
      // The only line, and the server is fixed above: wildcards spare escaping a hostile name.
      String line = "*:*:*:*:" + escaped(server.login().password()) + "\n";
      Files.write(passFile, line.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** For one child; the caller closes it when the child has ended. */
  public static LibpqEnvironment open(Server server, String database) {
    try {
      return new LibpqEnvironment(server, database);
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.NO_SPACE,
          "the worker cannot write a password file in its temporary directory",
          "check space and permissions there",
          e);
    }
  }

  /**
   * Removes the password files of workers that were killed: those named after a process that is no
   * more. To be called before the first {@link #open}, because in a container every worker has the
   * same process id.
   */
  public static void removeLeftBehind() {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(temporary, PREFIX + "*" + SUFFIX)) {
      for (Path file : files) {
        if (isLeftBehind(file.getFileName().toString())) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("password files of an earlier worker cannot be removed", e);
    }
  }

  private static boolean isLeftBehind(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return false;
    }
    long pid = Long.parseLong(matcher.group(1));
    return pid == PID || ProcessHandle.of(pid).isEmpty();
  }

  private static String escaped(String password) {
    return password.replace("\\", "\\\\").replace(":", "\\:");
  }

  public Map<String, String> variables() {
    return Map.copyOf(variables);
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(passFile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
