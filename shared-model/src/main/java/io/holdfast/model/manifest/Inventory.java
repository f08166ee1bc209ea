package io.holdfast.model.manifest;

import java.util.List;

/**
 * What was there at backup time, for a restore to be compared with.
 *
 * @param exact whether {@code rows} were counted in the dump's snapshot, or are the planner's
 *     estimates
 * @param superuser the role that {@code initdb} made, for a worker to ask a restored copy as; null
 *     in a logical backup
 */
public record Inventory(
    boolean exact, List<String> roles, List<DatabaseInventory> databases, String superuser) {
  public Inventory(boolean exact, List<String> roles, List<DatabaseInventory> databases) {
    this(exact, roles, databases, null);
  }

  public record DatabaseInventory(String name, List<TableInventory> tables) {}

  /**
   * @param rows counted or estimated, as {@link Inventory#exact} says; -1 when not known
   */
  public record TableInventory(String schema, String name, long rows) {}
}
