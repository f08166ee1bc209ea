package io.holdfast.worker.target.logical;

import io.holdfast.worker.dump.DumpToc;
import io.holdfast.worker.dump.TocEntry;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What belongs to a database as a whole (settings, comment, grants, owner), under another name.
 * pg_restore brings it back with {@code --create} only, and then only under the old name.
 */
record DatabaseProperties(String create, List<String> later) {
  private static final String ID = SqlStatements.IDENTIFIER;
  private static final Pattern NAMED =
      Pattern.compile(
          "^((?:CREATE|ALTER|COMMENT ON) DATABASE|ALTER ROLE "
              + ID
              + " IN DATABASE|(?:GRANT|REVOKE) [A-Z, ]+ ON DATABASE|SECURITY LABEL FOR "
              + ID
              + " ON DATABASE) "
              + ID
              + "(.*)$",
          Pattern.DOTALL);

  /** The statements for {@code name}; {@code create} is null when the archive has none. */
  static DatabaseProperties of(DumpToc toc, String name) {
    List<TocEntry> entries = toc.entries();
    Set<Integer> databases =
        Set.copyOf(
            entries.stream().filter(e -> e.type().equals("DATABASE")).map(TocEntry::id).toList());
    Stream<TocEntry> belonging =
        entries.stream()
            .filter(
                e ->
                    e.type().equals("DATABASE")
                        || e.type().equals("DATABASE PROPERTIES")
                        || e.dependencies().stream().anyMatch(databases::contains));
    List<String> statements =
        belonging
            .flatMap(e -> SqlStatements.split(e.definition()).stream())
            .map(s -> renamed(s, name))
            .filter(s -> s != null)
            .toList();
    String create =
        statements.stream().filter(s -> s.startsWith("CREATE DATABASE")).findFirst().orElse(null);
    return new DatabaseProperties(
        create, statements.stream().filter(s -> !s.startsWith("CREATE DATABASE")).toList());
  }

  private static String renamed(String statement, String name) {
    Matcher matcher = NAMED.matcher(statement);
    return matcher.matches()
        ? matcher.group(1) + " " + SqlStatements.quote(name) + matcher.group(2)
        : null;
  }
}
