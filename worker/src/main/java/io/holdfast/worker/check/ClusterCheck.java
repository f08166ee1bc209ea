package io.holdfast.worker.check;

import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.postgres.ServerVersion;
import io.holdfast.worker.postgres.SqlFailures;
import io.holdfast.worker.secret.Credentials;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Looks at a cluster as a backup would and changes nothing. What is wrong is a finding, not a
 * failure; only a command outside the worker's configuration fails.
 */
public final class ClusterCheck {
  private static final List<String> CLIENTS =
      List.of("pg_dump", "pg_dumpall", "pg_restore", "psql");

  private final Function<ClusterSpec, Topology> probe;
  private final Connections connections;
  private final Credentials credentials;
  private final PgTools tools;

  public ClusterCheck(
      Function<ClusterSpec, Topology> probe,
      Connections connections,
      Credentials credentials,
      PgTools tools) {
    this.probe = probe;
    this.connections = connections;
    this.credentials = credentials;
    this.tools = tools;
  }

  public List<Finding> check(ClusterSpec cluster) {
    List<Finding> findings = new ArrayList<>();
    Topology topology = probe.apply(cluster);
    NodeObservation ask = null;
    for (NodeObservation node : topology.nodes()) {
      findings.add(connection(node, cluster));
      if (node.reachable()) {
        version(node).ifPresent(findings::add);
        if (node.role() == NodeRole.STANDBY) {
          standby(node, findings);
        }
        // The primary's answer wins; roles are the same everywhere.
        ask = ask == null || node.role() == NodeRole.PRIMARY ? node : ask;
      }
    }
    if (topology.nodes().stream().noneMatch(n -> n.role() == NodeRole.PRIMARY)) {
      findings.add(
          warning(
              "topology", "no node is a primary, so lag cannot be measured", "check the nodes"));
    }
    if (ask != null) {
      tools(ask, findings);
      inside(cluster, ask.node(), findings);
    }
    return findings;
  }

  private static Finding connection(NodeObservation node, ClusterSpec cluster) {
    String name = "node '" + node.node() + "'";
    if (!node.reachable()) {
      return failed(
          "connection",
          name + " does not answer: " + node.unreachableBecause(),
          "check host, port, pg_hba.conf and the login in the worker's credentials file");
    }
    if (cluster.systemIdentifier() != null
        && !cluster.systemIdentifier().equals(node.systemIdentifier())) {
      return failed(
          "connection",
          name
              + " belongs to another cluster: its system identifier is "
              + node.systemIdentifier()
              + ", expected "
              + cluster.systemIdentifier(),
          "correct the host and port, or declare the cluster anew");
    }
    String role = node.role().name().toLowerCase(java.util.Locale.ROOT);
    String lag = node.lagBytes() == null ? "" : ", " + node.lagBytes() + " bytes of WAL behind";
    return ok("connection", name + " answers: " + role + ", " + node.serverVersion() + lag);
  }

  private static java.util.Optional<Finding> version(NodeObservation node) {
    int major = node.serverVersionNum() / 10000;
    return major >= ServerVersion.OLDEST_SUPPORTED_MAJOR
        ? java.util.Optional.empty()
        : java.util.Optional.of(
            failed(
                "version",
                "node '" + node.node() + "' runs PostgreSQL " + major + ", too old",
                "Holdfast supports PostgreSQL "
                    + ServerVersion.OLDEST_SUPPORTED_MAJOR
                    + " and later"));
  }

  private static void standby(NodeObservation node, List<Finding> findings) {
    String name = "standby '" + node.node() + "'";
    if (Boolean.TRUE.equals(node.replayPaused())) {
      findings.add(
          warning("standby", name + " has paused replay", "select pg_wal_replay_resume()"));
    }
    if (!"streaming".equals(node.receiver())) {
      findings.add(
          warning(
              "standby",
              name + " is not seen streaming: its receiver is " + node.receiver(),
              "check primary_conninfo; a hidden state needs pg_monitor"));
    }
    Double delay = node.maxStandbyStreamingDelaySeconds();
    boolean patient = delay != null && (delay < 0 || delay >= 3600);
    if (!patient && !Boolean.TRUE.equals(node.hotStandbyFeedback())) {
      findings.add(
          warning(
              "standby",
              name
                  + " may cancel a long dump: max_standby_streaming_delay is "
                  + delay
                  + " s and hot_standby_feedback is off",
              "raise the delay, or turn hot_standby_feedback on"));
    }
  }

  private void tools(NodeObservation node, List<Finding> findings) {
    int major = node.serverVersionNum() / 10000;
    try {
      for (String program : CLIENTS) {
        tools.client(program, major);
      }
      findings.add(ok("tools", "this worker has client programs for PostgreSQL " + major));
    } catch (JobFailure e) {
      findings.add(failed("tools", e.getMessage(), e.hint()));
    }
  }

  private void inside(ClusterSpec cluster, String nodeName, List<Finding> findings) {
    NodeSpec node =
        cluster.nodes().stream().filter(n -> n.name().equals(nodeName)).findFirst().orElseThrow();
    Server server = Server.of(cluster, node, credentials);
    List<String> databases = new ArrayList<>();
    boolean superuser;
    try (Connection connection = connections.open(server, cluster.maintenanceDatabase());
        Statement statement = connection.createStatement()) {
      superuser = bool(statement, "select rolsuper from pg_roles where rolname = current_user");
      boolean replication =
          bool(statement, "select rolreplication from pg_roles where rolname = current_user");
      String role = "role '" + server.login().username() + "'";
      findings.add(
          superuser || replication
              ? ok("replication", role + " may take base backups")
              : failed(
                  "replication",
                  role + " lacks REPLICATION, which base backups need",
                  "alter role ... replication; logical backups do not need it"));
      findings.add(
          superuser || bool(statement, "select pg_has_role('pg_monitor', 'usage')")
              ? ok("monitoring", role + " sees the state of replication")
              : warning(
                  "monitoring",
                  role + " is not a member of pg_monitor, so a standby's receiver stays hidden",
                  "grant pg_monitor to the backup role"));
      if (!bool(statement, "select has_table_privilege('pg_catalog.pg_authid', 'select')")) {
        findings.add(
            warning(
                "passwords",
                role + " may not read pg_authid: globals are backed up without role passwords",
                "grant select on pg_authid to the backup role in database "
                    + cluster.maintenanceDatabase()
                    + " if you want them"));
      }
      settings(statement, findings);
      try (ResultSet rows =
          statement.executeQuery(
              "select datname, datallowconn from pg_database where datname !~ '^template'"
                  + " order by 1")) {
        while (rows.next()) {
          if (rows.getBoolean(2)) {
            databases.add(rows.getString(1));
          } else {
            findings.add(
                warning(
                    "databases",
                    "database '" + rows.getString(1) + "' accepts no connections",
                    "logical backups need it excluded by name; base backups have it"));
          }
        }
      }
    } catch (SQLException e) {
      findings.add(failed("privileges", SqlFailures.message(e), "check the backup role"));
      return;
    }
    databases.forEach(d -> findings.add(readable(server, d, superuser)));
  }

  private static void settings(Statement statement, List<Finding> findings) throws SQLException {
    boolean minimal = bool(statement, "select current_setting('wal_level') = 'minimal'");
    findings.add(
        minimal
            ? failed(
                "wal",
                "wal_level is minimal: base backups are impossible",
                "set wal_level = replica and restart")
            : ok("wal", "wal_level allows base backups"));
    if (bool(statement, "select current_setting('max_wal_senders')::int < 2")) {
      findings.add(
          failed("wal", "max_wal_senders is below 2", "set max_wal_senders to 10 and restart"));
    }
  }

  private Finding readable(Server server, String database, boolean superuser) {
    String what = "database \"" + database + "\"";
    try (Connection connection = connections.open(server, database);
        Statement statement = connection.createStatement()) {
      if (superuser
          || bool(statement, "select rolbypassrls from pg_roles" + " where rolname = current_user")
              && bool(statement, "select pg_has_role('pg_read_all_data', 'usage')")) {
        return ok("privileges", what + " can be read whole");
      }
      String blocked =
          first(
              statement,
              "select quote_ident(n.nspname) || '.' || quote_ident(c.relname)"
                  + " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                  + " where c.relkind in ('r', 'p', 'S', 'm') and c.relpersistence <> 't'"
                  + " and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'"
                  + " and case when c.relkind = 'S'"
                  + " then not has_sequence_privilege(c.oid, 'select')"
                  + " else not has_table_privilege(c.oid, 'select') end limit 1");
      if (blocked != null) {
        return failed(
            "privileges",
            what + " cannot be dumped: " + blocked + " may not be read",
            "grant pg_read_all_data to the backup role");
      }
      String secured =
          first(
              statement,
              "select c.oid::regclass::text from pg_class c"
                  + " where c.relkind in ('r', 'p') and row_security_active(c.oid) limit 1");
      return secured == null
          ? ok("privileges", what + " can be read whole")
          : failed(
              "privileges",
              what + " cannot be dumped whole: row security hides rows of " + secured,
              "alter role ... bypassrls for the backup role");
    } catch (SQLException e) {
      return failed(
          "privileges",
          what + " cannot be opened: " + SqlFailures.message(e),
          "grant connect on it to the backup role, or exclude it");
    }
  }

  private static boolean bool(Statement statement, String question) throws SQLException {
    return "t".equals(first(statement, question));
  }

  private static String first(Statement statement, String question) throws SQLException {
    try (ResultSet row = statement.executeQuery(question)) {
      return row.next() ? row.getString(1) : null;
    }
  }

  private static Finding ok(String check, String sentence) {
    return new Finding(check, "OK", sentence, null);
  }

  private static Finding warning(String check, String sentence, String hint) {
    return new Finding(check, "WARNING", sentence, hint);
  }

  private static Finding failed(String check, String sentence, String hint) {
    return new Finding(check, "FAILED", sentence, hint);
  }
}
