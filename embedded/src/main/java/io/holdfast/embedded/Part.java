package io.holdfast.embedded;

import io.holdfast.embedded.process.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A server of the stack that a test may stop and start again on the same port and folder. */
public abstract sealed class Part implements AutoCloseable permits Broker, Store {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The same server as a process of its own. */
  record Program(String mainClass, List<String> arguments, Map<String, String> environment) {}

  private final String name;
  private final Path folder;
  private final int port;
  private final boolean ownProcess;
  private AutoCloseable running;

  Part(String name, Path folder, int port, boolean ownProcess) {
    this.name = name;
    this.folder = folder;
    this.port = port;
    this.ownProcess = ownProcess;
  }

  abstract AutoCloseable startHere();

  abstract Program program();

  public int port() {
    return port;
  }

  Path folder() {
    return folder;
  }

  /** Answers when it accepts clients. */
  public void start() {
    if (running != null) {
      throw new IllegalStateException(name + " runs already");
    }
    running = ownProcess ? startProcess() : startHere();
  }

  private ChildJvm startProcess() {
    Program program = program();
    ChildJvm child =
        ChildJvm.startMain(folder, program.mainClass(), program.arguments(), program.environment());
    running = child;
    // Its own word and not an open port: it may accept before it has what it needs.
    child.awaitReady(name + " is ready", PATIENCE, () -> child.output().contains("ready "));
    return child;
  }

  /** In order; nothing is lost. */
  public void stop() {
    if (running == null) {
      return;
    }
    try {
      running.close();
    } catch (Exception e) {
      throw new IllegalStateException(name + " did not stop", e);
    } finally {
      running = null;
    }
  }

  /**
   * SIGKILL.
   *
   * @throws IllegalStateException unless it runs as a process of its own
   */
  public void kill() {
    if (!(running instanceof ChildJvm child)) {
      throw new IllegalStateException(name + " does not run as a process of its own");
    }
    child.kill();
    running = null;
  }

  @Override
  public void close() {
    stop();
  }
}
