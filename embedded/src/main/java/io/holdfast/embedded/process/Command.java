package io.holdfast.embedded.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A child process to run to its end. Immutable. Secrets go into the environment, never into the
 * arguments, which everybody on the machine can read and which appear in failure messages.
 */
public final class Command {
  private static final int SHOWN_OUTPUT = 4000;

  private final List<String> arguments;
  private final Map<String, String> environment;

  private Command(List<String> arguments, Map<String, String> environment) {
    this.arguments = List.copyOf(arguments);
    this.environment = Map.copyOf(environment);
  }

  public static Command of(List<String> arguments) {
    return new Command(arguments, Map.of());
  }

  public static Command of(String... arguments) {
    return of(List.of(arguments));
  }

  public Command with(String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return new Command(all, environment);
  }

  public Command environment(String name, String value) {
    Map<String, String> all = new HashMap<>(environment);
    all.put(name, value);
    return new Command(arguments, all);
  }

  /** This command as the account that PostgreSQL runs as, see {@link Account#forPostgres()}. */
  public Command as(Account account) {
    List<String> all = new ArrayList<>(account.prefix());
    all.addAll(arguments);
    return new Command(all, environment);
  }

  /**
   * Runs it to its end.
   *
   * @return what it wrote to standard output and standard error
   * @throws IllegalStateException when it exits non-zero (with the tail of its output) or is not
   *     done in time (it is killed)
   */
  public String run(Duration atMost) {
    Path output = null;
    try {
      // A file and not a pipe: a daemon that the command leaves behind would hold a pipe open.
      output = Files.createTempFile("holdfast-", ".out");
      ProcessBuilder builder =
          new ProcessBuilder(arguments)
              .directory(new java.io.File("/"))
              .redirectErrorStream(true)
              .redirectInput(new java.io.File("/dev/null"))
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new IllegalStateException(arguments + " not done within " + atMost);
      }
      String said = Files.readString(output, StandardCharsets.UTF_8);
      if (process.exitValue() != 0) {
        throw new IllegalStateException(
            arguments
                + " exited "
                + process.exitValue()
                + ": "
                + said.substring(Math.max(0, said.length() - SHOWN_OUTPUT)));
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + arguments, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + arguments, e);
    } finally {
      deleteQuietly(output);
    }
  }

  private static void deleteQuietly(Path output) {
    try {
      if (output != null) {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      output.toFile().deleteOnExit();
    }
  }
}
