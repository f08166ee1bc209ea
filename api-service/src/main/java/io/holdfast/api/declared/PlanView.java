package io.holdfast.api.declared;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a {@code PUT} with {@code dryRun=true} would do. */
@Schema(name = "Plan", description = "What this request would do without dryRun.")
public record PlanView(
    @Schema(description = "CREATE, UPDATE or NONE", examples = "UPDATE") String action,
    List<Change> changes,
    @Schema(description = "What follows from it, a sentence each") List<String> effects) {

  /** A field as a path such as {@code nodes[0].port}; values as JSON text. */
  @Schema(name = "PlannedChange")
  public record Change(String field, String from, String to) {}

  /**
   * @param before null when there is nothing yet
   */
  public static PlanView between(JsonNode before, JsonNode after, List<String> effects) {
    Map<String, String> old = new TreeMap<>();
    Map<String, String> wanted = new TreeMap<>();
    flatten("", before, old);
    flatten("", after, wanted);
    List<Change> changes = new ArrayList<>();
    for (Map.Entry<String, String> entry : wanted.entrySet()) {
      String from = old.remove(entry.getKey());
      if (!entry.getValue().equals(from)) {
        changes.add(new Change(entry.getKey(), from, entry.getValue()));
      }
    }
    old.forEach((field, from) -> changes.add(new Change(field, from, null)));
    String action = before == null ? "CREATE" : changes.isEmpty() ? "NONE" : "UPDATE";
    return new PlanView(action, changes, effects);
  }

  private static void flatten(String path, JsonNode node, Map<String, String> into) {
    if (node == null || node.isNull()) {
      return;
    }
    if (node.isObject()) {
      node.properties()
          .forEach(
              entry ->
                  flatten(
                      path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(),
                      entry.getValue(),
                      into));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        flatten(path + "[" + i + "]", node.get(i), into);
      }
    } else {
      into.put(path, node.toString());
    }
  }
}
