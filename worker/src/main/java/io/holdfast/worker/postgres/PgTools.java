package io.holdfast.worker.postgres;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds PostgreSQL's programs by major version. A configured directory is either a parent of {@code
 * <major>/bin} folders (Debian, RPM's {@code pgsql-} aside) or a {@code bin} folder itself. Looked
 * up anew each time, so that an installed package is found without a restart.
 */
public record PgTools(List<Path> directories) {
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

  public PgTools {
    directories = List.copyOf(directories);
  }

  /**
   * A client program for a server: of the server's major, or the lowest newer one. An older client
   * refuses a newer server.
   *
   * @throws JobFailure TOOLS_MISSING with what was found instead
   */
  public Path client(String program, int serverMajor) {
    NavigableMap<Integer, Path> found = installed(program);
    var entry = found.ceilingEntry(serverMajor);
    if (entry == null) {
      throw missing(program, "of PostgreSQL " + serverMajor + " or newer", serverMajor, found);
    }
    return entry.getValue();
  }

  /** A server program of exactly this major: a data directory opens with no other. */
  public Path server(String program, int major) {
    NavigableMap<Integer, Path> found = installed(program);
    Path path = found.get(major);
    if (path == null) {
      throw missing(program, "of PostgreSQL " + major, major, found);
    }
    return path;
  }

  /** Every installed one by major, lowest first. */
  public NavigableMap<Integer, Path> installed(String program) {
    NavigableMap<Integer, Path> found = new TreeMap<>();
    for (Path directory : directories) {
      addIfPresent(found, directory, program);
      if (Files.isDirectory(directory)) {
        try (Stream<Path> children = Files.list(directory)) {
          children.forEach(child -> addIfPresent(found, child.resolve("bin"), program));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return found;
  }

  private static void addIfPresent(NavigableMap<Integer, Path> found, Path bin, String program) {
    Path path = bin.resolve(program);
    if (Files.isExecutable(path) && Files.isRegularFile(path)) {
      int major = majorOf(bin, path);
      if (major > 0) {
        found.putIfAbsent(major, path);
      }
    }
  }

  private static int majorOf(Path bin, Path path) {
    Path parent = bin.getParent();
    String folder = parent == null ? "" : parent.getFileName().toString();
    if (folder.matches("[1-9][0-9]")) {
      return Integer.parseInt(folder);
    }
    String version =
        ChildProcess.output(
            ChildCommand.of(path, "--version"),
            1000,
            (exit, complaint) ->
                new JobFailure(
                    ErrorCode.TOOLS_MISSING, path + " --version: " + exit, "reinstall it"));
    Matcher matcher = VERSION.matcher(version);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  private JobFailure missing(
      String program, String wanted, int major, NavigableMap<Integer, Path> found) {
    String instead = found.isEmpty() ? "none is installed" : "installed: " + found.keySet();
    return new JobFailure(
        ErrorCode.TOOLS_MISSING,
        "this worker has no " + program + " " + wanted + " (" + instead + ")",
        "install the PostgreSQL "
            + major
            + " packages on the workers of this pool, or add their directory to"
            + " holdfast.worker.postgres-directories");
  }
}
