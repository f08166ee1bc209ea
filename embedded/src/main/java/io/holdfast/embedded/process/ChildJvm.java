package io.holdfast.embedded.process;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * A child process that runs this JVM's java, with its output appended to {@code <folder>/<folder
 * name>.log} and its process id in {@code <folder>/pid}. It dies with us: by {@link #close()}, at
 * the end of this JVM, or, when we were killed, at the next {@link #start} on the same folder.
 */
public final class ChildJvm implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(20);
  private static final int SHOWN_LOG = 3000;

  private final Process process;
  private final Path log;
  private final long logStart;
  private final AtExit stopAtExit;

  private ChildJvm(Process process, Path log, long logStart) {
    this.process = process;
    this.log = log;
    this.logStart = logStart;
    this.stopAtExit = AtExit.run("stop process " + process.pid(), this::close);
  }

  /**
   * Starts it; it is not ready yet.
   *
   * @param folder its working directory
   * @param arguments what follows {@code java}; no secrets
   * @param environment added to ours
   */
  public static ChildJvm start(
      Path folder, List<String> arguments, Map<String, String> environment) {
    try {
      Files.createDirectories(folder);
      Path pidFile = folder.resolve("pid");
      endLeftOver(pidFile);
      Path log = folder.resolve(folder.getFileName() + ".log");
      long logStart = Files.exists(log) ? Files.size(log) : 0;
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(quietOptions());
      command.addAll(arguments);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      Files.writeString(pidFile, process.pid() + " " + startOf(process.toHandle()));
      return new ChildJvm(process, log, logStart);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a process in " + folder, e);
    }
  }

  /** Libraries that load native code or use Unsafe make newer JDKs warn; that is not our log's. */
  private static List<String> quietOptions() {
    return Runtime.version().feature() >= 24
        ? List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
        : List.of();
  }

  /** The same program as ours, by its main class. */
  public static ChildJvm startMain(
      Path folder, String mainClass, List<String> arguments, Map<String, String> environment) {
    // Surefire hides the class path in a jar's manifest and names the real one here.
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    StringBuilder absolute = new StringBuilder();
    for (String entry : classPath.split(File.pathSeparator)) {
      absolute.append(Path.of(entry).toAbsolutePath()).append(File.pathSeparator);
    }
    Map<String, String> withClassPath = new java.util.HashMap<>(environment);
    withClassPath.put("CLASSPATH", absolute.toString());
    List<String> all = new ArrayList<>(List.of("-Xmx512m", mainClass));
    all.addAll(arguments);
    return start(folder, all, withClassPath);
  }

  private static void endLeftOver(Path pidFile) throws IOException {
    if (!Files.exists(pidFile)) {
      return;
    }
    String[] words = Files.readString(pidFile).strip().split(" ");
    ProcessHandle.of(Long.parseLong(words[0]))
        // A process id is used again one day; together with its start it is unique.
        .filter(found -> startOf(found).equals(words[1]))
        .ifPresent(
            found -> {
              found.destroyForcibly();
              Await.until("process " + words[0] + " is gone", GRACE, () -> !found.isAlive());
            });
  }

  private static String startOf(ProcessHandle process) {
    return process.info().startInstant().map(Object::toString).orElse("unknown");
  }

  /**
   * Waits until the condition holds.
   *
   * @throws IllegalStateException with the end of its log when it does not, or the process ended
   */
  public void awaitReady(String what, Duration atMost, Callable<Boolean> condition) {
    try {
      Await.until(what, atMost, () -> !process.isAlive() || condition.call());
    } catch (IllegalStateException e) {
      throw new IllegalStateException(e.getMessage() + "\n" + tail(), e);
    }
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "the process ended with " + process.exitValue() + " before " + what + "\n" + tail());
    }
  }

  public ProcessHandle process() {
    return process.toHandle();
  }

  public Path log() {
    return log;
  }

  /** SIGKILL; answers when it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** SIGTERM, and SIGKILL when that does not help in time; answers when it is gone. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    awaitEnd();
  }

  private void awaitEnd() {
    Await.until("process " + process.pid() + " is gone", GRACE, () -> !process.isAlive());
    stopAtExit.cancel();
  }

  /** What this process has written so far, without what its predecessors wrote. */
  public String output() {
    try (InputStream in = Files.newInputStream(log)) {
      in.skipNBytes(logStart);
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + log, e);
    }
  }

  private String tail() {
    String all = output();
    return all.substring(Math.max(0, all.length() - SHOWN_LOG));
  }
}
