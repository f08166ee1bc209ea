package io.holdfast.embedded.process;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What must happen before this JVM ends, last added first and one after the other. The JVM's own
 * shutdown hooks run all at once, which would stop a database under the service that uses it.
 */
public final class AtExit {
  private static final Deque<AtExit> PENDING = new ArrayDeque<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(AtExit::runAll, "at-exit"));
  }

  private final String what;
  private final Runnable action;

  private AtExit(String what, Runnable action) {
    this.what = what;
    this.action = action;
  }

  /** Runs the action when the JVM ends, unless it is cancelled before. */
  public static AtExit run(String what, Runnable action) {
    AtExit registration = new AtExit(what, action);
    synchronized (PENDING) {
      PENDING.push(registration);
    }
    return registration;
  }

  public void cancel() {
    synchronized (PENDING) {
      PENDING.remove(this);
    }
  }

  private static void runAll() {
    for (AtExit next = take(); next != null; next = take()) {
      try {
        next.action.run();
      } catch (RuntimeException e) {
        System.err.println(next.what + ": " + e);
      }
    }
  }

  private static AtExit take() {
    synchronized (PENDING) {
      return PENDING.poll();
    }
  }
}
