package io.holdfast.model.manifest;

import java.util.List;

/**
 * What was there at backup time, for a restore to be compared with.
 *
 * @param exact whether {@code rows} were counted in the dump's snapshot, or are the planner's
 *     estimates
 */
public record Inventory(boolean exact, List<String> roles, List<DatabaseInventory> databases) {
  public record DatabaseInventory(String name, List<TableInventory> tables) {}

  /**
   * @param rows counted or estimated, as {@link Inventory#exact} says; -1 when not known
   */
  public record TableInventory(String schema, String name, long rows) {}
}
