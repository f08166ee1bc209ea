package io.holdfast.worker.recovery;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.node.NodeProbe;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.postgres.SqlFailures;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.secret.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes a copy a streaming standby of its cluster's primary. The password stands in a file beside
 * the data directory that only the server's account may read, and nowhere else.
 */
public final class StandbyStart {
  private final RecoveryTarget.Standby target;
  private final Credentials credentials;
  private final ClusterPrimary primary;
  private final Path passwords;
  private final String name;

  private StandbyStart(
      RecoveryTarget.Standby target,
      Credentials credentials,
      ClusterPrimary primary,
      Path passwords,
      String name) {
    this.target = target;
    this.credentials = credentials;
    this.primary = primary;
    this.passwords = passwords;
    this.name = name;
  }

  /**
   * Finds the primary and changes nothing.
   *
   * @throws JobFailure NO_ELIGIBLE_NODE without exactly one primary of the backup's system,
   *     TARGET_UNREACHABLE when it is on a timeline before the backup's
   */
  public static StandbyStart prove(
      RecoveryTarget.Standby target,
      Manifest manifest,
      Path directory,
      NodeProbe nodes,
      Credentials credentials) {
    ClusterSpec cluster = target.cluster();
    ClusterPrimary primary =
        ClusterPrimary.find(cluster, manifest.source().systemIdentifier(), nodes)
            .orElseThrow(
                () ->
                    new JobFailure(
                        ErrorCode.NO_ELIGIBLE_NODE,
                        "cluster '"
                            + cluster.name()
                            + "' has not exactly one primary with the backup's system identifier",
                        "Look at the cluster's topology."));
    if (primary.seen().timeline() < manifest.wal().timeline()) {
      throw new JobFailure(
          ErrorCode.TARGET_UNREACHABLE,
          "the primary '"
              + primary.node().name()
              + "' is on timeline "
              + primary.seen().timeline()
              + ", the backup on "
              + manifest.wal().timeline(),
          "Choose a backup of the timeline that the primary comes from.");
    }
    return new StandbyStart(
        target,
        credentials,
        primary,
        directory.resolveSibling("." + directory.getFileName() + ".pgpass"),
        directory.getFileName().toString());
  }

  /** For the report; without the password. */
  public String sentence() {
    return "follow primary '"
        + primary.node().name()
        + "' at "
        + primary.node().endpoint()
        + (target.slotName() == null ? "" : " through slot '" + target.slotName() + "'")
        + ", with the password in '"
        + passwords
        + "'";
  }

  /** Lines of the copy's configuration. */
  public List<String> settings() {
    Server server = server();
    List<String> settings = new ArrayList<>();
    settings.add(
        setting(
            "primary_conninfo",
            String.join(
                " ",
                word("host", server.host()),
                word("port", Integer.toString(server.port())),
                word("user", server.login().username()),
                word("sslmode", server.sslMode()),
                word("passfile", passwords.toString()),
                word("application_name", name))));
    if (target.slotName() != null) {
      settings.add(setting("primary_slot_name", target.slotName()));
    }
    settings.add(setting("recovery_target_timeline", "latest"));
    settings.add("hot_standby = on");
    return settings;
  }

  private Server server() {
    return Server.of(target.cluster(), primary.node(), credentials);
  }

  /** As libpq reads it. */
  private static String word(String key, String value) {
    return key + "='" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  /** As a configuration file has it: there a backslash begins an escape. */
  private static String setting(String key, String value) {
    return key + " = '" + value.replace("\\", "\\\\").replace("'", "''") + "'";
  }

  /**
   * Makes the slot when it is wanted and missing, and writes the password.
   *
   * @param data whose owner may read it
   * @return more settings that the copy needs: a standby with fewer connections than its primary
   *     refuses to start, and the primary may have been given its own on the command line
   */
  public List<String> prepare(Path data) {
    if (target.slotName() != null) {
      makeSlot();
    }
    String password = server().login().password();
    try {
      Files.deleteIfExists(passwords);
      Files.createFile(
          passwords,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      String line =
          String.join(
              ":",
              List.of(
                  escaped(server().host()),
                  Integer.toString(server().port()),
                  "*",
                  escaped(server().login().username()),
                  escaped(password == null ? "" : password)));
      Files.writeString(passwords, line + "\n");
      Files.setOwner(passwords, Files.getOwner(data, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.RESTORE_FAILED,
          "the password file '" + passwords + "' cannot be written: " + e.getMessage(),
          "Look at the permissions of its folder.",
          e);
    }
    return ControlFile.read(data).parameters().entrySet().stream()
        .map(parameter -> parameter.getKey() + " = " + parameter.getValue())
        .toList();
  }

  private static String escaped(String field) {
    return field.replace("\\", "\\\\").replace(":", "\\:");
  }

  private void makeSlot() {
    try (Connection connection =
        Connections.patient().open(server(), target.cluster().maintenanceDatabase())) {
      try (PreparedStatement find =
          connection.prepareStatement(
              "select slot_type, active from pg_replication_slots where slot_name = ?")) {
        find.setString(1, target.slotName());
        try (ResultSet row = find.executeQuery()) {
          if (row.next()) {
            requireFree(row.getString(1), row.getBoolean(2));
            return;
          }
        }
      }
      try (PreparedStatement make =
          connection.prepareStatement("select pg_create_physical_replication_slot(?, true)")) {
        make.setString(1, target.slotName());
        make.execute();
      }
    } catch (SQLException e) {
      throw new JobFailure(
          ErrorCode.RESTORE_FAILED,
          "the slot '" + target.slotName() + "' cannot be made: " + SqlFailures.message(e),
          "The login needs the attribute REPLICATION.",
          e);
    }
  }

  private void requireFree(String type, boolean active) {
    if (!type.equals("physical") || active) {
      throw new JobFailure(
          ErrorCode.INVALID_SELECTION,
          "the slot '" + target.slotName() + "' is " + (active ? "in use" : "a logical one"),
          "Name another slot.");
    }
  }

  /**
   * Returns when the standby streams.
   *
   * @param port where it listens
   * @param patience how long that may take
   * @throws JobFailure RESTORE_FAILED when it does not
   */
  public void awaitStreaming(int port, Duration patience, Progress progress) {
    long begun = System.nanoTime();
    Server standby = new Server("standby", "127.0.0.1", port, "prefer", server().login());
    String last = "it does not answer";
    while (System.nanoTime() - begun < patience.toNanos()) {
      progress.advanced(0);
      try (Connection connection =
              Connections.brisk().open(standby, target.cluster().maintenanceDatabase());
          ResultSet row =
              connection
                  .createStatement()
                  .executeQuery(
                      "select pg_is_in_recovery(),"
                          + " (select coalesce(status, 'hidden') from pg_stat_wal_receiver)")) {
        row.next();
        last = "its receiver is " + (row.getString(2) == null ? "away" : row.getString(2));
        if (row.getBoolean(1) && "streaming".equals(row.getString(2))) {
          return;
        }
      } catch (SQLException e) {
        last = SqlFailures.message(e);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
    }
    throw new JobFailure(
        ErrorCode.RESTORE_FAILED,
        "the standby runs on port " + port + " but does not stream: " + last,
        "Read restored-server.log in the data directory; the primary may have removed the WAL"
            + " that it needs: then choose a newer backup or a slot.");
  }
}
