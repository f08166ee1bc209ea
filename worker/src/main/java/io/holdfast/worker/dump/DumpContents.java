package io.holdfast.worker.dump;

import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.model.manifest.Inventory.DatabaseInventory;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a dump holds, as a person is shown it. */
public final class DumpContents {
  private static final Set<String> INTERNAL =
      Set.of("ENCODING", "STDSTRINGS", "SEARCHPATH", "DATABASE", "DATABASE PROPERTIES");

  private DumpContents() {}

  /**
   * From the head of a custom dump or from a directory dump's {@code toc.dat}; reads no further
   * than the table of contents. For a plain dump give it the head of a schema-only custom dump of
   * the same snapshot and selection.
   */
  public static List<ContentEntry> read(InputStream archive) {
    return of(DumpToc.read(archive));
  }

  public static List<ContentEntry> of(DumpToc toc) {
    return toc.entries().stream()
        .filter(e -> !INTERNAL.contains(e.type()))
        .map(
            e ->
                new ContentEntry(
                    e.type(), e.schema(), e.tag(), e.owner().isEmpty() ? null : e.owner()))
        .toList();
  }

  /** The part of an inventory that a dump of a selection holds. */
  public static DatabaseInventory retain(DatabaseInventory all, List<ContentEntry> contents) {
    record Name(String schema, String name) {}
    Set<Name> tables = new HashSet<>();
    for (ContentEntry entry : contents) {
      if (entry.type().equals("TABLE") || entry.type().equals("TABLE DATA")) {
        tables.add(new Name(entry.schema(), entry.name()));
      }
    }
    return new DatabaseInventory(
        all.name(),
        all.tables().stream()
            .filter(t -> tables.contains(new Name(t.schema(), t.name())))
            .toList());
  }
}
