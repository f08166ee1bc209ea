package io.holdfast.worker.drill;

import io.holdfast.model.drill.DrillSpec.Assertion;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.secret.Login;
import io.holdfast.worker.server.ThrowAwayServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The user's questions. They are asked as a role of their own that may read everything and is no
 * superuser: what somebody writes into a drill must not run programs on the worker's host.
 */
final class Assertions {
  private static final int TIMEOUT_SECONDS = 300;

  /** What is shown; anything else may be somebody's data. */
  private static final Pattern HARMLESS = Pattern.compile("[0-9.+-]{1,40}|true|false");

  private final ThrowAwayServer server;
  private final Evidence evidence;

  Assertions(ThrowAwayServer server, Evidence evidence) {
    this.server = server;
    this.evidence = evidence;
  }

  void run(List<Assertion> assertions) throws SQLException {
    if (assertions.isEmpty()) {
      return;
    }
    String role = "holdfast_drill_" + UUID.randomUUID().toString().replace("-", "");
    try (Connection connection = server.connect("template1");
        Statement statement = connection.createStatement()) {
      statement.execute("create role " + role + " login bypassrls");
      statement.execute("grant pg_read_all_data to " + role);
      statement.execute("alter role " + role + " set default_transaction_read_only = on");
      statement.execute(
          "alter role " + role + " set statement_timeout = '" + TIMEOUT_SECONDS + "s'");
    }
    for (Assertion assertion : assertions) {
      one(assertion, role);
    }
  }

  private void one(Assertion assertion, String role) {
    Server as = server.asServer();
    Server reader =
        new Server(as.name(), as.host(), as.port(), as.sslMode(), new Login(role, null));
    String name = "Assertion '" + assertion.name() + "'";
    try (Connection connection = Connections.patient().open(reader, assertion.database())) {
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      try (PreparedStatement question = connection.prepareStatement(assertion.sql())) {
        question.setQueryTimeout(TIMEOUT_SECONDS);
        judge(assertion, name, question);
      }
    } catch (SQLException e) {
      evidence.failed(
          "assertion",
          name + " could not be asked: SQL state " + e.getSQLState() + ".",
          "It must be one statement that gives one row with one column, within "
              + TIMEOUT_SECONDS
              + " seconds, and that reads only.");
    }
  }

  private void judge(Assertion assertion, String name, PreparedStatement question)
      throws SQLException {
    if (!question.execute()) {
      evidence.failed("assertion", name + " gave no row.", "Ask for one row with one column.");
      return;
    }
    try (ResultSet row = question.getResultSet()) {
      if (row.getMetaData().getColumnCount() != 1 || !row.next()) {
        evidence.failed(
            "assertion",
            name + " gave no row, or several columns.",
            "Ask for one row with one column.");
        return;
      }
      String got = text(row);
      if (row.next()) {
        evidence.failed(
            "assertion", name + " gave several rows.", "Ask for one row with one column.");
        return;
      }
      String wanted = assertion.expected() == null ? "true" : assertion.expected();
      if (Objects.equals(got, wanted)) {
        evidence.ok("assertion", name + " holds.");
      } else {
        evidence.failed(
            "assertion", name + " does not hold: it gave " + shown(got) + ".", "Look at the data.");
      }
    }
  }

  private static String text(ResultSet row) throws SQLException {
    Object value = row.getObject(1);
    return value instanceof Boolean truth ? truth.toString() : row.getString(1);
  }

  private static String shown(String value) {
    return value == null
        ? "null"
        : HARMLESS.matcher(value).matches() ? value : "another value than expected";
  }
}
