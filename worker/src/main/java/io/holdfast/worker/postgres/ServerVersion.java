package io.holdfast.worker.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A server's version.
 *
 * @param number as {@code server_version_num}, such as 150018
 * @param text as {@code server_version}, such as {@code 15.18 (Debian 15.18-1)}
 */
public record ServerVersion(int number, String text) {
  public static final int OLDEST_SUPPORTED_MAJOR = 14;

  public static ServerVersion of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select current_setting('server_version_num')::int,"
                    + " current_setting('server_version')")) {
      row.next();
      return new ServerVersion(row.getInt(1), row.getString(2));
    }
  }

  public int major() {
    return number / 10000;
  }
}
