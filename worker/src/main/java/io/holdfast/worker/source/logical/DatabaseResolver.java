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
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Which databases a logical backup takes, asked of the server at run time. */
public record DatabaseResolver(Connections connections) {
  /**
   * Names in byte order; never empty.
   *
   * @throws JobFailure INVALID_SELECTION when nothing matches
   */
  public List<String> resolve(Server server, String maintenanceDatabase, LogicalSourceSpec spec) {
    List<String> all = new ArrayList<>();
    try (Connection connection = connections.open(server, maintenanceDatabase);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select datname from pg_database where datallowconn and datname <> 'template0'"
                    + " order by datname collate \"C\"")) {
      while (rows.next()) {
        all.add(rows.getString(1));
      }
    } catch (SQLException e) {
      throw SqlFailures.of("listing databases", server.name(), e, ErrorCode.SOURCE_FAILED);
    }
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
    return chosen;
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
