package io.holdfast.worker.target.logical;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.dump.DumpToc;
import io.holdfast.worker.dump.TocEntry;
import io.holdfast.worker.failure.JobFailure;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which entries bring selected tables and schemas back whole: with data, indexes, constraints,
 * owned sequences, partitions, defaults, triggers, comments and grants. {@code pg_restore --table}
 * alone brings the bare table.
 *
 * @param ids for {@code --use-list}, in archive order
 * @param tables the selected tables
 * @param skipped foreign keys left out because the table they point to is not there
 */
record TocSelection(List<Integer> ids, List<TocEntry> tables, List<TocEntry> skipped) {
  private static final Set<String> RELATIONS =
      Set.of("TABLE", "FOREIGN TABLE", "VIEW", "MATERIALIZED VIEW");
  private static final Set<String> ATTACHED =
      Set.of(
          "TABLE DATA",
          "CONSTRAINT",
          "CHECK CONSTRAINT",
          "FK CONSTRAINT",
          "DEFAULT",
          "INDEX",
          "TRIGGER",
          "RULE",
          "POLICY",
          "ROW SECURITY",
          "COMMENT",
          "ACL",
          "SEQUENCE",
          "SEQUENCE OWNED BY",
          "SEQUENCE SET",
          "STATISTICS",
          "STATISTICS DATA",
          "SECURITY LABEL",
          "MATERIALIZED VIEW DATA",
          "REPLICA IDENTITY",
          "CLUSTER",
          "INDEX ATTACH",
          "EVENT TRIGGER");

  /** Whether a table already stands at the target. */
  interface Existing {
    boolean table(String schema, String name);

    boolean schema(String name);
  }

  static TocSelection of(
      DumpToc toc, List<String> schemas, List<String> tables, boolean fresh, Existing existing) {
    Map<Integer, TocEntry> byId = new HashMap<>();
    toc.entries().forEach(e -> byId.put(e.id(), e));
    Set<Integer> chosen = new LinkedHashSet<>();
    for (String schema : schemas) {
      pick(
          toc,
          chosen,
          "schema",
          schema,
          e -> schema.equals(e.schema()) || (e.type().equals("SCHEMA") && e.tag().equals(schema)));
    }
    for (String table : tables) {
      pick(
          toc,
          chosen,
          "table",
          table,
          e ->
              RELATIONS.contains(e.type())
                  && (table.equals(e.tag()) || table.equals(e.schema() + "." + e.tag())));
    }
    chosen.addAll(Partitions.withAll(chosen, Partitions.of(toc, byId)));
    ownedSequences(toc, chosen, byId);
    downwards(toc, chosen, byId);
    List<TocEntry> skipped =
        toc.entries().stream()
            .filter(e -> chosen.contains(e.id()) && e.type().equals("FK CONSTRAINT"))
            .filter(e -> !referencesAreThere(e, byId, chosen, existing))
            .toList();
    skipped.forEach(e -> chosen.remove(e.id()));
    upwards(toc, chosen, byId, fresh, existing);
    List<TocEntry> in = toc.entries().stream().filter(e -> chosen.contains(e.id())).toList();
    return new TocSelection(
        in.stream().map(TocEntry::id).toList(),
        in.stream().filter(e -> RELATIONS.contains(e.type())).toList(),
        skipped);
  }

  private static void pick(
      DumpToc toc,
      Set<Integer> chosen,
      String what,
      String name,
      java.util.function.Predicate<TocEntry> wanted) {
    List<Integer> ids = toc.entries().stream().filter(wanted).map(TocEntry::id).toList();
    if (ids.isEmpty()) {
      throw new JobFailure(
          ErrorCode.INVALID_SELECTION,
          "the dump of database \"" + toc.database() + "\" holds no " + what + " \"" + name + "\"",
          "names are exact and case-sensitive; see the backup's contents");
    }
    chosen.addAll(ids);
  }

  private static void ownedSequences(
      DumpToc toc, Set<Integer> chosen, Map<Integer, TocEntry> byId) {
    for (TocEntry e : toc.entries()) {
      if (e.type().equals("SEQUENCE OWNED BY")
          && e.dependencies().stream().anyMatch(chosen::contains)) {
        e.dependencies().stream()
            .filter(d -> byId.containsKey(d) && byId.get(d).type().equals("SEQUENCE"))
            .forEach(chosen::add);
      }
    }
  }

  /** Everything that hangs on what is chosen, until nothing more is found. */
  private static void downwards(DumpToc toc, Set<Integer> chosen, Map<Integer, TocEntry> byId) {
    boolean grew = true;
    while (grew) {
      grew = false;
      for (TocEntry e : toc.entries()) {
        boolean hangsOn =
            switch (e.type()) {
              // Owned only: a key of another table must not come along by the index it points to.
              case "FK CONSTRAINT" ->
                  e.dependencies().stream()
                      .anyMatch(
                          d ->
                              chosen.contains(d)
                                  && byId.get(d).type().equals("TABLE")
                                  && e.tag().startsWith(byId.get(d).tag() + " "));
              case "TABLE ATTACH" ->
                  e.dependencies().stream()
                      .filter(d -> byId.containsKey(d) && byId.get(d).type().equals("TABLE"))
                      .allMatch(chosen::contains);
              default ->
                  ATTACHED.contains(e.type())
                      && e.dependencies().stream().anyMatch(chosen::contains);
            };
        if (hangsOn && chosen.add(e.id())) {
          grew = true;
        }
      }
    }
  }

  private static boolean referencesAreThere(
      TocEntry key, Map<Integer, TocEntry> byId, Set<Integer> chosen, Existing existing) {
    Set<Integer> tables = new HashSet<>();
    for (int need : key.dependencies()) {
      TocEntry entry = byId.get(need);
      if (entry == null) {
        continue;
      }
      if (entry.type().equals("TABLE")) {
        tables.add(need);
      } else {
        entry.dependencies().stream()
            .filter(d -> byId.containsKey(d) && byId.get(d).type().equals("TABLE"))
            .forEach(tables::add);
      }
    }
    return tables.stream()
        .allMatch(
            t -> chosen.contains(t) || existing.table(byId.get(t).schema(), byId.get(t).tag()));
  }

  /**
   * What the chosen entries need: in a fresh database all of it; in one that has content only
   * schemas that are missing, the rest is taken to be there and its absence fails loudly.
   */
  private static void upwards(
      DumpToc toc,
      Set<Integer> chosen,
      Map<Integer, TocEntry> byId,
      boolean fresh,
      Existing existing) {
    Set<String> schemas = new HashSet<>();
    if (fresh) {
      java.util.ArrayDeque<Integer> open = new java.util.ArrayDeque<>(chosen);
      while (!open.isEmpty()) {
        for (int need : byId.get(open.pop()).dependencies()) {
          TocEntry entry = byId.get(need);
          if (entry != null && !entry.type().endsWith("DATA") && chosen.add(need)) {
            open.add(need);
          }
        }
      }
    }
    chosen.forEach(id -> schemas.add(byId.get(id).schema()));
    Set<Integer> added = new HashSet<>();
    for (TocEntry e : toc.entries()) {
      boolean settings = Set.of("ENCODING", "STDSTRINGS", "SEARCHPATH").contains(e.type());
      boolean schema =
          e.type().equals("SCHEMA")
              && schemas.contains(e.tag())
              && (fresh || !existing.schema(e.tag()));
      if (settings || schema) {
        chosen.add(e.id());
        added.add(e.id());
      }
    }
    toc.entries().stream()
        .filter(e -> e.type().equals("ACL") || e.type().equals("COMMENT"))
        .filter(e -> e.dependencies().stream().anyMatch(added::contains))
        .forEach(e -> chosen.add(e.id()));
  }
}
