package io.holdfast.model.backup;

import java.util.List;

/**
 * A dump per database, and the globals (roles, grants, settings) always.
 *
 * @param include database names or glob patterns ({@code *}, {@code ?}); empty means every database
 *     that accepts connections. Resolved at run time, so that a new database is never missed.
 * @param exclude patterns taken away from {@code include}
 * @param schemas,excludeSchemas,tables,excludeTables pg_dump patterns; empty means all
 * @param jobs parallel dump jobs; more than 1 only with {@code DIRECTORY}
 * @param rowCounts {@code EXACT} counts every table in the dump's own snapshot, {@code ESTIMATED}
 *     takes the planner's figure and says so
 */
public record LogicalSourceSpec(
    DumpFormat format,
    List<String> include,
    List<String> exclude,
    List<String> schemas,
    List<String> excludeSchemas,
    List<String> tables,
    List<String> excludeTables,
    Content content,
    int jobs,
    RowCounts rowCounts)
    implements SourceSpec {

  public enum DumpFormat {
    CUSTOM,
    PLAIN,
    DIRECTORY
  }

  public enum RowCounts {
    EXACT,
    ESTIMATED
  }

  public LogicalSourceSpec {
    format = format == null ? DumpFormat.CUSTOM : format;
    include = include == null ? List.of() : List.copyOf(include);
    exclude = exclude == null ? List.of() : List.copyOf(exclude);
    schemas = schemas == null ? List.of() : List.copyOf(schemas);
    excludeSchemas = excludeSchemas == null ? List.of() : List.copyOf(excludeSchemas);
    tables = tables == null ? List.of() : List.copyOf(tables);
    excludeTables = excludeTables == null ? List.of() : List.copyOf(excludeTables);
    content = content == null ? Content.ALL : content;
    jobs = jobs == 0 ? 1 : jobs;
    rowCounts = rowCounts == null ? RowCounts.EXACT : rowCounts;
    if (jobs < 1 || jobs > 64 || (jobs > 1 && format != DumpFormat.DIRECTORY)) {
      throw new IllegalArgumentException(
          "jobs must be 1 to 64, and more than 1 needs format DIRECTORY");
    }
  }
}
