package io.holdfast.worker.source.logical;

import io.holdfast.model.backup.LogicalSourceSpec;
import java.util.ArrayList;
import java.util.List;

/** A wish as pg_dump's arguments. Patterns stand behind {@code =}, so none becomes an option. */
final class DumpArguments {
  /** Longer than an ordinary transaction, shorter than a night: a lock that blocks is reported. */
  private static final String LOCK_WAIT_MILLIS = "600000";

  private DumpArguments() {}

  static List<String> of(LogicalSourceSpec spec, String snapshotId, String encoding) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--no-password");
    arguments.add("--lock-wait-timeout=" + LOCK_WAIT_MILLIS);
    arguments.add("--snapshot=" + snapshotId);
    // The database's own encoding: a conversion could fail, and SQL_ASCII has none.
    arguments.add("--encoding=" + encoding);
    spec.schemas().forEach(p -> arguments.add("--schema=" + p));
    spec.excludeSchemas().forEach(p -> arguments.add("--exclude-schema=" + p));
    spec.tables().forEach(p -> arguments.add("--table=" + p));
    spec.excludeTables().forEach(p -> arguments.add("--exclude-table=" + p));
    switch (spec.content()) {
      case ALL -> {}
      case SCHEMA_ONLY -> arguments.add("--schema-only");
      case DATA_ONLY -> arguments.add("--data-only");
    }
    return arguments;
  }
}
