package io.holdfast.model.restore;

import io.holdfast.model.backup.Content;
import io.holdfast.model.cluster.ClusterSpec;
import java.util.List;

/**
 * Into databases of a running server.
 *
 * @param node which node of {@code cluster}; null means the primary, found at run time
 * @param databases which databases of the backup; empty means all
 * @param targetDatabase the name to restore under; only with exactly one database
 * @param schemas,tables exact names; empty means all
 * @param globals whether roles that are missing at the target are created from the backup's globals
 * @param ifNotEmpty {@code REFUSE} a database that holds user objects, or {@code ADD} the selected
 *     objects to it, refused still when one of them exists; with {@code DATA_ONLY}, {@code REFUSE}
 *     tables that hold rows, or {@code ADD} to them
 * @param jobs parallel restore jobs
 */
public record LogicalRestoreTarget(
    ClusterSpec cluster,
    String node,
    List<String> databases,
    String targetDatabase,
    List<String> schemas,
    List<String> tables,
    Content content,
    boolean globals,
    IfNotEmpty ifNotEmpty,
    int jobs)
    implements RestoreTarget {

  public enum IfNotEmpty {
    REFUSE,
    ADD
  }

  public LogicalRestoreTarget {
    databases = databases == null ? List.of() : List.copyOf(databases);
    schemas = schemas == null ? List.of() : List.copyOf(schemas);
    tables = tables == null ? List.of() : List.copyOf(tables);
    content = content == null ? Content.ALL : content;
    ifNotEmpty = ifNotEmpty == null ? IfNotEmpty.REFUSE : ifNotEmpty;
    jobs = jobs == 0 ? 1 : jobs;
    if (jobs < 1 || jobs > 64) {
      throw new IllegalArgumentException("jobs must be 1 to 64");
    }
    if (targetDatabase != null && databases.size() != 1) {
      throw new IllegalArgumentException("targetDatabase needs exactly one entry in databases");
    }
  }
}
