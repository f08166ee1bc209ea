package io.holdfast.embedded.process;

import java.time.Duration;

/** Signals that the JDK cannot send. For SIGKILL use {@link ProcessHandle#destroyForcibly()}. */
public enum Signal {
  /** Suspends the process: it keeps its connections and does nothing. */
  STOP,
  /** Resumes it. */
  CONT;

  public void send(ProcessHandle process) {
    String said =
        Command.of("kill", "-" + name(), Long.toString(process.pid())).run(Duration.ofSeconds(10));
    if (!said.isBlank()) {
      throw new IllegalStateException(said);
    }
  }
}
