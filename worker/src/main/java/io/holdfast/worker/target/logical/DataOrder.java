package io.holdfast.worker.target.logical;

import io.holdfast.worker.dump.DumpToc;
import io.holdfast.worker.dump.TocEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The order in which rows go into tables that have their foreign keys already: what is pointed to
 * comes first. A dump that has the schema too is ordered by name, because there the keys are made
 * after the rows.
 *
 * @param ids for {@code --use-list}
 * @param asStored whether that is the order of the archive, which can then be read as a stream
 * @param circular whether keys run in a circle, so that no order satisfies them
 */
record DataOrder(List<Integer> ids, boolean asStored, boolean circular) {

  /**
   * @param wanted ids of the entries to restore
   */
  static DataOrder of(DumpToc toc, Set<Integer> wanted) {
    Map<Integer, TocEntry> byId = new HashMap<>();
    toc.entries().forEach(e -> byId.put(e.id(), e));
    Map<Integer, Integer> dataOfTable = new LinkedHashMap<>();
    List<Integer> others = new ArrayList<>();
    for (TocEntry e : toc.entries()) {
      if (!wanted.contains(e.id())) {
        continue;
      }
      if (e.type().equals("TABLE DATA")) {
        Integer table = tables(e, byId).findFirst().orElse(null);
        if (table != null) {
          dataOfTable.put(table, e.id());
          continue;
        }
      }
      others.add(e.id());
    }
    Walk walk = new Walk(references(toc, byId), dataOfTable);
    dataOfTable.keySet().forEach(walk::visit);
    List<Integer> stored = List.copyOf(dataOfTable.values());
    List<Integer> all = new ArrayList<>(walk.ordered);
    all.addAll(others);
    return new DataOrder(all, stored.equals(List.copyOf(walk.ordered)), walk.circular);
  }

  private static java.util.stream.Stream<Integer> tables(TocEntry e, Map<Integer, TocEntry> byId) {
    return e.dependencies().stream()
        .filter(d -> byId.containsKey(d) && byId.get(d).type().equals("TABLE"));
  }

  /** Table to the tables it points to; a key of a partitioned table is a key of each partition. */
  private static Map<Integer, Set<Integer>> references(DumpToc toc, Map<Integer, TocEntry> byId) {
    Map<Integer, List<Integer>> partitions = Partitions.of(toc, byId);
    Map<Integer, Set<Integer>> references = new HashMap<>();
    for (TocEntry key : toc.entries()) {
      if (!key.type().equals("FK CONSTRAINT")) {
        continue;
      }
      Set<Integer> from = new HashSet<>();
      Set<Integer> to = new HashSet<>();
      for (int need : key.dependencies()) {
        TocEntry entry = byId.get(need);
        if (entry == null) {
          continue;
        }
        if (!entry.type().equals("TABLE")) {
          tables(entry, byId).forEach(to::add); // the index that the key points to
        } else if (key.tag().startsWith(entry.tag() + " ")) {
          from.add(need);
        } else {
          to.add(need);
        }
      }
      for (int table : Partitions.withAll(from, partitions)) {
        references
            .computeIfAbsent(table, t -> new HashSet<>())
            .addAll(Partitions.withAll(to, partitions));
      }
    }
    return references;
  }

  private static final class Walk {
    private final Map<Integer, Set<Integer>> references;
    private final Map<Integer, Integer> dataOfTable;
    private final Set<Integer> open = new HashSet<>();
    private final Set<Integer> done = new HashSet<>();
    private final Set<Integer> ordered = new LinkedHashSet<>();
    private boolean circular;

    Walk(Map<Integer, Set<Integer>> references, Map<Integer, Integer> dataOfTable) {
      this.references = references;
      this.dataOfTable = dataOfTable;
    }

    void visit(int table) {
      if (done.contains(table)) {
        return;
      }
      if (!open.add(table)) {
        circular = true;
        return;
      }
      references.getOrDefault(table, Set.of()).stream()
          .filter(to -> to != table && dataOfTable.containsKey(to))
          .sorted(Comparator.naturalOrder())
          .forEach(this::visit);
      open.remove(table);
      done.add(table);
      ordered.add(dataOfTable.get(table));
    }
  }
}
