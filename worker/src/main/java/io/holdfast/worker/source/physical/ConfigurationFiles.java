package io.holdfast.worker.source.physical;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.postgres.SqlFailures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * The configuration that is in effect, wherever its files lie. What any role may see is always
 * there ({@code effective-settings.conf}); the files themselves need a superuser, or {@code
 * pg_read_all_settings} (where they lie), {@code pg_read_server_files} (any path) and {@code
 * EXECUTE} on {@code pg_read_binary_file(text, bigint, bigint, boolean)}.
 */
public final class ConfigurationFiles {
  /** Read back as a {@code postgresql.conf} for a copy whose original lay elsewhere. */
  public static final String EFFECTIVE = "effective-settings.conf";

  /** Settings that name places of the source's machine mean nothing elsewhere. */
  private static final String SETTINGS =
      "SELECT name, setting FROM pg_settings WHERE source = 'configuration file' AND name NOT IN"
          + " ('data_directory', 'config_file', 'hba_file', 'ident_file', 'external_pid_file',"
          + " 'unix_socket_directories', 'listen_addresses', 'port', 'ssl', 'ssl_cert_file',"
          + " 'ssl_key_file', 'ssl_ca_file', 'ssl_crl_file', 'stats_temp_directory', 'cluster_name',"
          + " 'log_directory') AND context <> 'internal' ORDER BY name";

  /** Binary: a comment in another encoding than the database's must not fail a backup. */
  private static final String READ_FILE = "pg_catalog.pg_read_binary_file";

  private static final Map<String, String> FILES =
      Map.of(
          "postgresql.conf", "current_setting('config_file')",
          "postgresql.auto.conf", "current_setting('data_directory') || '/postgresql.auto.conf'",
          "pg_hba.conf", "current_setting('hba_file')",
          "pg_ident.conf", "current_setting('ident_file')");

  private ConfigurationFiles() {}

  /** Far more than any has; a file that is longer would be cut, and half a file is none. */
  private static final int MOST_BYTES = 10_000_000;

  private static final String INSUFFICIENT_PRIVILEGE = "42501";

  /**
   * @param filesRead whether the files themselves are in it
   */
  public record Taken(byte[] tar, boolean filesRead) {}

  /** As a tar in memory; a few hundred kilobytes at the most. */
  public static Taken read(Connection connection, String node) {
    Map<String, byte[]> files = new TreeMap<>();
    try {
      files.put(EFFECTIVE, effective(connection).getBytes(StandardCharsets.UTF_8));
      boolean readable = mayReadFiles(connection) && readFiles(connection, files);
      return new Taken(tar(files), readable);
    } catch (SQLException e) {
      throw SqlFailures.of("reading the configuration", node, e, ErrorCode.SOURCE_FAILED);
    }
  }

  private static String effective(Connection connection) throws SQLException {
    StringBuilder text = new StringBuilder("# What was in effect at backup time.\n");
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(SETTINGS)) {
      while (row.next()) {
        text.append(row.getString(1))
            .append(" = '")
            .append(row.getString(2).replace("\\", "\\\\").replace("'", "''"))
            .append("'\n");
      }
    }
    return text.toString();
  }

  private static boolean mayReadFiles(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT has_function_privilege('"
                    + READ_FILE
                    + "(text, bigint, bigint, boolean)', 'EXECUTE')"
                    + " AND pg_has_role(current_user, 'pg_read_server_files', 'USAGE')"
                    + " AND pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /** All or none, so that nobody takes a part for the whole. */
  private static boolean readFiles(Connection connection, Map<String, byte[]> into)
      throws SQLException {
    Map<String, byte[]> read = new TreeMap<>();
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      try {
        byte[] content = content(connection, file.getValue());
        if (content != null && content.length == MOST_BYTES) {
          return false;
        }
        if (content != null) {
          read.put(file.getKey(), content);
        }
      } catch (SQLException e) {
        if (INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
          return false; // a hosted server may refuse more than its catalog says
        }
        throw e;
      }
    }
    into.putAll(read);
    return true;
  }

  private static byte[] content(Connection connection, String path) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT " + READ_FILE + "(" + path + ", 0, " + MOST_BYTES + ", true)")) {
      row.next();
      return row.getBytes(1);
    }
  }

  private static byte[] tar(Map<String, byte[]> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(file.getValue().length);
        entry.setMode(0600);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
      tar.finish();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }
}
