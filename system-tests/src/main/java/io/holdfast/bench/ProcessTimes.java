package io.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * CPU time of trees of processes: this one (which holds Kafka and S3, and has started API, worker
 * and every peer) and the database servers. What other users of the machine do is not in it; what
 * children used that have ended is, because the kernel adds it to whoever waited for them.
 */
final class ProcessTimes {
  private static final double TICKS_PER_SECOND = 100;
  // proc(5), counted from the state, which is the first field behind the program's name.
  private static final int PARENT = 1;
  private static final int[] TIMES = {11, 12, 13, 14};

  private final List<Long> roots = new ArrayList<>(List.of(ProcessHandle.current().pid()));

  /** Counts this process and its descendants as well. */
  void include(ProcessHandle root) {
    roots.add(root.pid());
  }

  /** CPU time of the whole machine, of whoever: for contenders that leave their parents. */
  static double machine() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
      String[] fields = lines.findFirst().orElseThrow().trim().split(" +");
      long ticks = 0;
      // user, nice, system; then idle and iowait; then irq, softirq: see proc(5).
      for (int field : List.of(1, 2, 3, 6, 7)) {
        ticks += Long.parseLong(fields[field]);
      }
      return ticks / TICKS_PER_SECOND;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  double seconds() {
    Map<Long, List<Long>> children = new HashMap<>();
    Map<Long, Long> ticks = new HashMap<>();
    ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .forEach(
            pid -> {
              String[] fields = fields(pid);
              if (fields.length > 0) {
                long sum = 0;
                for (int at : TIMES) {
                  sum += Long.parseLong(fields[at]);
                }
                ticks.put(pid, sum);
                children
                    .computeIfAbsent(Long.parseLong(fields[PARENT]), p -> new ArrayList<>())
                    .add(pid);
              }
            });
    long sum = 0;
    Deque<Long> waiting = new ArrayDeque<>(roots);
    while (!waiting.isEmpty()) {
      long pid = waiting.pop();
      sum += ticks.getOrDefault(pid, 0L);
      waiting.addAll(children.getOrDefault(pid, List.of()));
    }
    return sum / TICKS_PER_SECOND;
  }

  /** Empty when the process has ended meanwhile. */
  private static String[] fields(long pid) {
    Path file = Path.of("/proc/" + pid + "/stat");
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      return text.substring(text.lastIndexOf(')') + 2).split(" ");
    } catch (IOException e) {
      if (Files.exists(file)) {
        throw new UncheckedIOException(e);
      }
      return new String[0];
    }
  }
}
