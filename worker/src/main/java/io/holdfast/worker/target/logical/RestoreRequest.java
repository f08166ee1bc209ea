package io.holdfast.worker.target.logical;

import io.holdfast.model.backup.Content;
import io.holdfast.model.restore.LogicalRestoreTarget.IfNotEmpty;
import java.util.List;

/**
 * What to bring back of one dump.
 *
 * @param database the name it gets at the target
 * @param schemas,tables exact names, tables as {@code schema.table} or {@code table} in any schema;
 *     empty means all
 */
public record RestoreRequest(
    String database,
    List<String> schemas,
    List<String> tables,
    Content content,
    IfNotEmpty ifNotEmpty,
    int jobs,
    boolean dryRun) {
  boolean selective() {
    return !schemas.isEmpty() || !tables.isEmpty();
  }
}
