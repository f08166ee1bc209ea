package io.holdfast.worker.dump;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What belongs to a database as a whole (owner, settings, comment, grants), for one of another
 * name. pg_restore brings it back with {@code --create} only, and then only under the old name.
 *
 * @param create the statement that makes it, without its tablespace; null when the archive has none
 * @param tablespace the database's own, as an identifier; null for the server's default
 * @param later what is run when it is there, in this order; begins with the owner, because the
 *     owner is the grantor of the grants
 */
public record DatabaseProperties(String create, String tablespace, List<String> later) {
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
  private static final Pattern IN_TABLESPACE =
      Pattern.compile("(.*) TABLESPACE = (" + ID + ")", Pattern.DOTALL);

  public DatabaseProperties {
    later = List.copyOf(later);
  }

  /**
   * @param identifier the name as it stands in the statements, quoted
   */
  public static DatabaseProperties of(DumpToc toc, String identifier) {
    List<TocEntry> databases =
        toc.entries().stream().filter(e -> e.type().equals("DATABASE")).toList();
    Set<Integer> ids = Set.copyOf(databases.stream().map(TocEntry::id).toList());
    Stream<TocEntry> belonging =
        toc.entries().stream()
            .filter(
                e ->
                    ids.contains(e.id())
                        || e.type().equals("DATABASE PROPERTIES")
                        || e.dependencies().stream().anyMatch(ids::contains));
    String create = null;
    String tablespace = null;
    List<String> later = new ArrayList<>();
    databases.stream()
        .map(TocEntry::owner)
        .filter(owner -> !owner.isEmpty())
        .map(owner -> "ALTER DATABASE " + identifier + " OWNER TO " + SqlStatements.quote(owner))
        .forEach(later::add);
    for (String statement :
        belonging
            .flatMap(e -> SqlStatements.split(e.definition()).stream())
            .map(s -> renamed(s, identifier))
            .filter(Objects::nonNull)
            .toList()) {
      Matcher placed = IN_TABLESPACE.matcher(statement);
      if (!statement.startsWith("CREATE DATABASE")) {
        later.add(statement);
      } else if (placed.matches()) {
        create = placed.group(1);
        tablespace = placed.group(2);
      } else {
        create = statement;
      }
    }
    return new DatabaseProperties(create, tablespace, later);
  }

  private static String renamed(String statement, String identifier) {
    Matcher matcher = NAMED.matcher(statement);
    return matcher.matches() ? matcher.group(1) + " " + identifier + matcher.group(2) : null;
  }
}
