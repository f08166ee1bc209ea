package io.holdfast.worker.target.logical;

import io.holdfast.worker.dump.DumpToc;
import io.holdfast.worker.dump.TocEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which tables of an archive are partitions of which. */
final class Partitions {
  private Partitions() {}

  /** Ids of tables to the ids of their partitions. */
  static Map<Integer, List<Integer>> of(DumpToc toc, Map<Integer, TocEntry> byId) {
    Map<Integer, List<Integer>> partitions = new HashMap<>();
    for (TocEntry attach : toc.entries()) {
      if (!attach.type().equals("TABLE ATTACH")) {
        continue;
      }
      Integer child = null;
      Integer parent = null;
      for (int need : attach.dependencies()) {
        TocEntry entry = byId.get(need);
        if (entry != null && entry.type().endsWith("TABLE")) {
          if (entry.tag().equals(attach.tag()) && entry.schema().equals(attach.schema())) {
            child = need;
          } else {
            parent = need;
          }
        }
      }
      if (child != null && parent != null) {
        partitions.computeIfAbsent(parent, p -> new ArrayList<>()).add(child);
      }
    }
    return partitions;
  }

  /** The tables and their partitions, those of partitions too. */
  static Set<Integer> withAll(Collection<Integer> tables, Map<Integer, List<Integer>> partitions) {
    Set<Integer> all = new LinkedHashSet<>();
    Deque<Integer> open = new ArrayDeque<>(tables);
    while (!open.isEmpty()) {
      int table = open.pop();
      if (all.add(table)) {
        open.addAll(partitions.getOrDefault(table, List.of()));
      }
    }
    return all;
  }
}
