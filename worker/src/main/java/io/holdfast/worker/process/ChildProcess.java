package io.holdfast.worker.process;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A running child. Whoever starts it closes it; {@link #close} kills it and everything below it.
 * End of {@link #stdout} says nothing about success: ask {@link #awaitSuccess}.
 *
 * <p>A child dies with the worker, even when the worker is killed: {@code setpriv --pdeathsig}
 * makes the kernel send it SIGKILL. The kernel watches the <em>thread</em> that started the child,
 * not the process, so all children are started by one thread that lives as long as the worker.
 * Where {@code setpriv} is missing a killed worker's children end when they next write to or read
 * from their pipes.
 */
public final class ChildProcess implements Closeable {
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
  private static final boolean HAS_SETPRIV = Files.isExecutable(SETPRIV);
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
  private static final ExecutorService SPAWNER =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("spawner").factory());

  private final String name;
  private final Process process;
  private final ErrorTail errors;

  private ChildProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.errors = new ErrorTail(name, process.getErrorStream());
  }

  /**
   * @throws JobFailure TOOLS_MISSING when the program cannot be started
   */
  public static ChildProcess start(ChildCommand command) {
    ProcessBuilder builder = new ProcessBuilder(words(command));
    Map<String, String> environment = builder.environment();
    String path = environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment.clear();
    environment.put("PATH", path);
    environment.put("LANG", "C.UTF-8");
    environment.putAll(command.environment());
    if (command.directory() != null) {
      builder.directory(command.directory().toFile());
    }
    Future<Process> started = SPAWNER.submit(builder::start);
    try {
      return new ChildProcess(command.name(), started.get());
    } catch (ExecutionException e) {
      throw new JobFailure(
          ErrorCode.TOOLS_MISSING,
          command.tool() + " could not be started on this worker",
          "install it, or correct the worker's configured PostgreSQL directories",
          e.getCause());
    } catch (InterruptedException e) {
      // The spawner may still start it: end it there, where the handle is.
      SPAWNER.execute(() -> kill(started));
      Thread.currentThread().interrupt();
      throw new JobFailure(
          ErrorCode.WORKER_STOPPING,
          "interrupted while starting " + command.name(),
          "try again",
          e);
    }
  }

  private static void kill(Future<Process> started) {
    try {
      started.get().destroyForcibly();
    } catch (InterruptedException | ExecutionException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> words(ChildCommand command) {
    List<String> words = new ArrayList<>();
    if (HAS_SETPRIV) {
      words.add(SETPRIV.toString());
      if (ROOT && command.user() != null) {
        words.add("--reuid=" + command.user());
        words.add("--regid=" + command.user());
        words.add("--init-groups");
      }
      words.add("--pdeathsig=KILL");
      words.add("--");
    }
    words.add(command.tool().toString());
    words.addAll(command.arguments());
    return words;
  }

  /**
   * Runs a child that says little and waits for it.
   *
   * @return its standard output, of which at most {@code maxBytes} are kept
   */
  public static String output(ChildCommand command, int maxBytes, ExitTranslator translator) {
    try (ChildProcess child = start(command)) {
      child.closeStdin();
      ByteArrayOutputStream kept = new ByteArrayOutputStream();
      byte[] chunk = new byte[8192];
      InputStream out = child.stdout();
      for (int n = out.read(chunk); n >= 0; n = out.read(chunk)) {
        kept.write(chunk, 0, Math.min(n, maxBytes - kept.size()));
      }
      child.awaitSuccess(translator);
      return kept.toString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.INTERNAL, "reading from " + command.name() + " failed", "try again", e);
    }
  }

  /** Read by one thread. */
  public InputStream stdout() {
    return process.getInputStream();
  }

  /** Closing it is end of file for the child. */
  public OutputStream stdin() {
    return process.getOutputStream();
  }

  /** Says at once that nothing will come. */
  public void closeStdin() throws IOException {
    process.getOutputStream().close();
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the end and returns the status, 128 plus the signal's number when killed. */
  public int awaitExit() {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new JobFailure(
          ErrorCode.WORKER_STOPPING, "interrupted while waiting for " + name, "try again", e);
    }
  }

  /** Waits for the end; any status but 0 is the failure that {@code translator} makes of it. */
  public void awaitSuccess(ExitTranslator translator) {
    int status = awaitExit();
    if (status != 0) {
      String exit =
          status > 128
              ? name + " was killed by signal " + (status - 128)
              : name + " exited " + status;
      throw translator.failure(exit, complaint());
    }
  }

  /** What the child said on standard error: its last lines, without quoted rows or statements. */
  public String complaint() {
    return errors.complaint();
  }

  /** Kills the child and all below it, and waits until it is gone. Idempotent. */
  @Override
  public void close() {
    // Children first: once their parent is gone they can no longer be found.
    try (Stream<ProcessHandle> below = process.descendants()) {
      below.forEach(ProcessHandle::destroyForcibly);
    }
    process.destroyForcibly();
    boolean interrupted = false;
    while (true) {
      try {
        if (process.waitFor(10, TimeUnit.SECONDS)) {
          break;
        }
        throw new IllegalStateException(name + " (pid " + process.pid() + ") survives SIGKILL");
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
