package io.holdfast.worker.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Collectors;

/**
 * Keeps the last lines of a child's standard error, so that the child never blocks on it and memory
 * stays bounded. Lines in which PostgreSQL quotes rows or statements are left out of {@link
 * #complaint}: they may hold data or passwords.
 */
final class ErrorTail {
  private static final int MAX_LINES = 40;
  private static final int MAX_LINE_CHARS = 500;

  private final Deque<String> lines = new ArrayDeque<>();
  private final Thread drainer;
  private boolean quoting;

  ErrorTail(String name, InputStream stderr) {
    this.drainer = Thread.ofPlatform().daemon().name(name + "-stderr").start(() -> drain(stderr));
  }

  private void drain(InputStream stderr) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stderr, StandardCharsets.UTF_8))) {
      StringBuilder line = new StringBuilder();
      // By character, not readLine(): one endless line must not fill the heap.
      for (int c = reader.read(); c >= 0; c = reader.read()) {
        if (c == '\n') {
          keep(line.toString());
          line.setLength(0);
        } else if (line.length() < MAX_LINE_CHARS) {
          line.append((char) c);
        }
      }
      if (!line.isEmpty()) {
        keep(line.toString());
      }
    } catch (IOException e) {
      keep("(standard error was cut off: " + e.getMessage() + ")");
    }
  }

  private synchronized void keep(String line) {
    // "Command was:" and CONTEXT may run over several lines; the next message begins with a prefix.
    if (line.matches("(DETAIL|CONTEXT|STATEMENT|QUERY|LINE \\d+|Command was):.*")
        || line.startsWith("pg_restore: detail: Command was")) {
      quoting = true;
      return;
    }
    if (quoting && !line.matches("(pg_\\w+|psql|initdb|postgres|setpriv|HINT|ERROR|FATAL)\\b.*")) {
      return;
    }
    quoting = false;
    if (lines.size() == MAX_LINES) {
      lines.removeFirst();
    }
    lines.addLast(line);
  }

  /** Everything kept, one line each; waits until the child has closed its standard error. */
  String complaint() {
    boolean interrupted = false;
    while (true) {
      try {
        // A grandchild may hold the pipe open after the child is gone: do not wait for it for ever.
        drainer.join(java.time.Duration.ofSeconds(5));
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      return lines.stream().filter(l -> !l.isBlank()).collect(Collectors.joining("\n"));
    }
  }
}
