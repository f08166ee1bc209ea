package io.holdfast.worker.target.logical;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a restore will do, decided before anything is touched.
 *
 * @param steps for a person, in order
 * @param selection null means everything
 * @param rows only where data go into tables that are there
 * @param tablespaces whether the dump's tablespaces exist at the target
 * @param database null where it exists
 */
record RestorePlan(
    List<String> steps,
    TocSelection selection,
    DataOrder rows,
    boolean tablespaces,
    NewDatabase database) {

  /** For {@code --use-list}; null: everything as it is stored. */
  byte[] useList() {
    List<Integer> ids = rows != null ? rows.ids() : selection == null ? null : selection.ids();
    return ids == null
        ? null
        : ids.stream()
            .map(id -> id + ";")
            .collect(Collectors.joining("\n", "", "\n"))
            .getBytes(StandardCharsets.US_ASCII);
  }
}
