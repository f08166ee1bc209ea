package io.holdfast.worker.target.logical;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.dump.SqlStatements;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Creates roles that are missing at the target, with their attributes, passwords, settings and
 * memberships. A role that exists is never altered; tablespaces are not created.
 */
public record GlobalsRestore(Connections connections) {
  private static final String ID = SqlStatements.IDENTIFIER;
  private static final Pattern CREATE = Pattern.compile("CREATE ROLE (" + ID + ")");
  private static final Pattern ALTER =
      Pattern.compile("ALTER ROLE (" + ID + ") (?:WITH|SET) .*", Pattern.DOTALL);
  private static final Pattern COMMENT =
      Pattern.compile("COMMENT ON ROLE (" + ID + ") IS .*", Pattern.DOTALL);
  private static final Pattern GRANT =
      Pattern.compile(
          "(GRANT " + ID + " TO (" + ID + ")(?: WITH .*?)?)(?: GRANTED BY " + ID + ")?");

  /**
   * @param globals decoded output of {@code pg_dumpall --globals-only}; read to its end, left open
   * @return a step for each role
   */
  public List<String> createMissingRoles(
      Server server, String maintenanceDatabase, InputStream globals, boolean dryRun) {
    String sql;
    try {
      sql = new String(globals.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.RESTORE_FAILED, "the globals could not be read", "verify the backup", e);
    }
    List<String> statements = SqlStatements.split(sql);
    try (TargetServer target = TargetServer.open(connections, server, maintenanceDatabase)) {
      Set<String> existing = target.names("select rolname from pg_roles");
      Set<String> missing = new TreeSet<>();
      for (String statement : statements) {
        Matcher create = CREATE.matcher(statement);
        if (create.matches() && !existing.contains(SqlStatements.unquote(create.group(1)))) {
          missing.add(SqlStatements.unquote(create.group(1)));
        }
      }
      if (!dryRun && !missing.isEmpty()) {
        target.execute("begin");
        for (String statement : statements) {
          String wanted = wanted(statement, missing);
          if (wanted != null) {
            target.execute(wanted);
          }
        }
        target.execute("commit");
      }
      List<String> steps = new ArrayList<>();
      missing.forEach(role -> steps.add("create role " + SqlStatements.quote(role)));
      if (missing.isEmpty()) {
        steps.add("every role of the backup exists already");
      }
      return steps;
    }
  }

  /** The statement if it makes or describes a missing role; the grantor is left to the server. */
  private static String wanted(String statement, Set<String> missing) {
    for (Pattern pattern : List.of(CREATE, ALTER, COMMENT)) {
      Matcher matcher = pattern.matcher(statement);
      if (matcher.matches()) {
        return missing.contains(SqlStatements.unquote(matcher.group(1))) ? statement : null;
      }
    }
    Matcher grant = GRANT.matcher(statement);
    return grant.matches() && missing.contains(SqlStatements.unquote(grant.group(2)))
        ? grant.group(1)
        : null;
  }
}
