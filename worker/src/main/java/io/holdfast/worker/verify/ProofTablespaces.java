package io.holdfast.worker.verify;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.dump.SqlStatements;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.server.ThrowAwayServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tablespaces of a logical backup, empty and with folders of the proof's own: a plain dump
 * names them, and nothing but the server that runs it can leave them out.
 */
final class ProofTablespaces {
  private static final Pattern CREATE =
      Pattern.compile("CREATE TABLESPACE (" + SqlStatements.IDENTIFIER + ") .*", Pattern.DOTALL);

  private ProofTablespaces() {}

  /** Their names, as {@code pg_dumpall --globals-only} says them. */
  static List<String> named(byte[] globals) {
    List<String> names = new ArrayList<>();
    for (String statement : SqlStatements.split(new String(globals, StandardCharsets.UTF_8))) {
      Matcher create = CREATE.matcher(statement);
      if (create.matches()) {
        names.add(SqlStatements.unquote(create.group(1)));
      }
    }
    return names;
  }

  /**
   * @param scratch gone with the proof
   */
  static void create(List<String> names, ThrowAwayServer server, Path scratch) throws IOException {
    if (names.isEmpty()) {
      return;
    }
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      for (int number = 1; number <= names.size(); number++) {
        Path folder = Files.createDirectory(scratch.resolve("space-" + number));
        ThrowAwayServer.prepareForServer(folder);
        boolean unused =
            statement.execute(
                "CREATE TABLESPACE "
                    + SqlStatements.quote(names.get(number - 1))
                    + " LOCATION '"
                    + folder.toString().replace("'", "''")
                    + "'");
      }
    } catch (SQLException e) {
      throw new JobFailure(
          ErrorCode.RESTORE_FAILED,
          "the throw-away server cannot have the backup's tablespaces: " + e.getMessage(),
          "Look at the worker's scratch directory.",
          e);
    }
  }
}
