package io.holdfast.api.fleet;

import io.holdfast.api.declared.PlanView;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What an application of several declarations did, or would do. */
@Schema(name = "FleetPlan")
public record FleetPlanView(
    @Schema(description = "Whether nothing was done") boolean dryRun,
    String owner,
    int created,
    int updated,
    int unchanged,
    int pruned,
    @Schema(description = "In the order of doing") List<Item> items) {

  /** One declaration. */
  @Schema(name = "FleetPlanItem")
  public record Item(
      @Schema(description = "Index of its document; absent for what is pruned") Integer document,
      String kind,
      String name,
      @Schema(description = "When it belongs to a cluster") String cluster,
      @Schema(description = "When it belongs to a repository") String repository,
      @Schema(description = "CREATE, UPDATE, NONE or PRUNE; more may follow") String action,
      @Schema(description = "Of an UPDATE, a field each") List<PlanView.Change> changes,
      @Schema(description = "The owner that it is taken from, by force") String takenFrom,
      @Schema(description = "That it then has; the ETag is this number in quotes") Long version) {}

  static FleetPlanView of(boolean dryRun, String owner, List<Item> items) {
    return new FleetPlanView(
        dryRun,
        owner,
        count(items, "CREATE"),
        count(items, "UPDATE"),
        count(items, "NONE"),
        count(items, "PRUNE"),
        items);
  }

  private static int count(List<Item> items, String action) {
    return (int) items.stream().filter(item -> item.action().equals(action)).count();
  }
}
