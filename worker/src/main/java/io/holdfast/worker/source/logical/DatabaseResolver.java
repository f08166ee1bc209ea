package io.holdfast.worker.source.logical;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.postgres.SqlFailures;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/** Which databases a logical backup takes, asked of the server at run time. */
public record DatabaseResolver(Connections connections) {
  /**
   * Names in byte order; never empty.
   *
   * @throws JobFailure INVALID_SELECTION when nothing matches, or when something matches that
   *     accepts no connections: it would be missing from the backup without a word
   */
  public List<String> resolve(Server server, String maintenanceDatabase, LogicalSourceSpec spec) {
    Map<String, Boolean> found = databases(server, maintenanceDatabase);
    List<String> all = List.copyOf(found.keySet());
    List<String> chosen = select(all, spec.include(), spec.exclude());
    if (chosen.isEmpty()) {
      throw new JobFailure(
          ErrorCode.INVALID_SELECTION,
          "no database on node '"
              + server.name()
              + "' matches include "
              + spec.include()
              + " and exclude "
              + spec.exclude()
              + "; there are "
              + all,
          "correct the names or patterns");
    }
    List<String> closed = chosen.stream().filter(name -> !found.get(name)).toList();
    if (!closed.isEmpty()) {
      throw new JobFailure(
          ErrorCode.INVALID_SELECTION,
          "databases " + closed + " on node '" + server.name() + "' accept no connections",
          "allow connections to them, or exclude them by name: a dump cannot hold them, a base"
              + " backup does");
    }
    return chosen;
  }

  /** Every database that accepts connections but the templates, in byte order of their names. */
  public List<String> open(Server server, String maintenanceDatabase) {
    Map<String, Boolean> found = databases(server, maintenanceDatabase);
    return select(found.keySet().stream().filter(found::get).toList(), List.of(), List.of());
  }

  /** Names in byte order, and whether connections are accepted. */
  private SequencedMap<String, Boolean> databases(Server server, String maintenanceDatabase) {
    SequencedMap<String, Boolean> found = new LinkedHashMap<>();
    try (Connection connection = connections.open(server, maintenanceDatabase);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select datname, datallowconn from pg_database where datname <> 'template0'"
                    + " order by datname collate \"C\"")) {
      while (rows.next()) {
        found.put(rows.getString(1), rows.getBoolean(2));
      }
    } catch (SQLException e) {
      throw SqlFailures.of("listing databases", server.name(), e, ErrorCode.SOURCE_FAILED);
    }
    return found;
  }

  /**
   * A name given exactly is that database even when it holds {@code *} or {@code ?}. {@code
   * template1} comes only when it is asked for by name.
   */
  static List<String> select(List<String> all, List<String> include, List<String> exclude) {
    return all.stream()
        .filter(name -> include.isEmpty() ? !name.equals("template1") : matches(name, include, all))
        .filter(name -> !matches(name, exclude, all))
        .toList();
  }

  private static boolean matches(String name, List<String> patterns, List<String> all) {
    return patterns.stream()
        .anyMatch(p -> p.equals(name) || (!all.contains(p) && glob(p).matcher(name).matches()));
  }

  private static Pattern glob(String glob) {
    StringBuilder regex = new StringBuilder();
    glob.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(Character.toString(c)));
              }
            });
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
