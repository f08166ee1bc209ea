package io.holdfast.embedded.postgres;

import io.holdfast.embedded.process.Account;
import io.holdfast.embedded.process.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A primary and its streaming standbys, all on this machine, each with a replication slot, plus a
 * login for backups with the least privileges that suffice.
 *
 * <p>Everything lies in one folder; {@link #close()} stops the servers and leaves the folder, and
 * {@link Builder#start()} on the same folder brings the same cluster back on the same ports.
 */
public final class PostgresCluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final PostgresServer primary;
  private final List<PostgresServer> standbys;
  private final Login backup;

  private PostgresCluster(PostgresServer primary, List<PostgresServer> standbys, Login backup) {
    this.primary = primary;
    this.standbys = List.copyOf(standbys);
    this.backup = backup;
  }

  /**
   * @param folder reachable by the user postgres when we are root, see {@link
   *     io.holdfast.embedded.process.Folders#temporary}
   */
  public static Builder in(Path folder) {
    return new Builder(folder.toAbsolutePath());
  }

  /** The server that was created as primary, whatever was promoted since. */
  public PostgresServer primary() {
    return primary;
  }

  /** Counted from 0. */
  public PostgresServer standby(int index) {
    return standbys.get(index);
  }

  public List<PostgresServer> standbys() {
    return standbys;
  }

  /** The primary first. */
  public List<PostgresServer> nodes() {
    List<PostgresServer> all = new ArrayList<>();
    all.add(primary);
    all.addAll(standbys);
    return List.copyOf(all);
  }

  public Login superuser() {
    return primary.superuser();
  }

  /** LOGIN REPLICATION, member of pg_read_all_data and pg_monitor, nothing more. */
  public Login backupLogin() {
    return backup;
  }

  /** Stops a standby from applying WAL (it still receives); answers when it has stopped. */
  public void pauseReplay(int index) {
    PostgresServer standby = standby(index);
    standby.execute("select pg_wal_replay_pause()");
    Await.until(
        "replay is paused on standby " + index,
        PATIENCE,
        () -> standby.queryText("select pg_get_wal_replay_pause_state()").equals("paused"));
  }

  public void resumeReplay(int index) {
    standby(index).execute("select pg_wal_replay_resume()");
  }

  /** Waits until the standby has replayed all that the primary has written up to now. */
  public void awaitCaughtUp(int index) {
    String position = primary.queryText("select pg_current_wal_flush_lsn()");
    awaitReplayed(index, position);
  }

  /** {@link #awaitCaughtUp(int)} for every standby. */
  public void awaitAllCaughtUp() {
    String position = primary.queryText("select pg_current_wal_flush_lsn()");
    for (int i = 0; i < standbys.size(); i++) {
      awaitReplayed(i, position);
    }
  }

  private void awaitReplayed(int index, String position) {
    Await.until(
        "standby " + index + " has replayed " + position,
        PATIENCE,
        () ->
            standby(index)
                .queryText("select pg_last_wal_replay_lsn() >= '" + position + "'")
                .equals("t"));
  }

  /** Makes a standby a primary. The old primary is left as it is: stop it, or mean split brain. */
  public void promote(int index) {
    standby(index).promote();
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    List<PostgresServer> standbysFirst = new ArrayList<>(standbys);
    standbysFirst.add(primary);
    for (PostgresServer server : standbysFirst) {
      try {
        server.close();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** What the cluster should be. Settings and tablespaces count when it is created only. */
  public static final class Builder {
    private static final String REPLICATOR = "holdfast_replicator";

    private final Path folder;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<String> tablespaces = new ArrayList<>();
    private PostgresInstall install;
    private int standbys = 2;
    private int segmentMegabytes = PostgresServer.DEFAULT_SEGMENT_MEGABYTES;
    private Login superuser = new Login("postgres", "embedded-superuser");
    private Login backup = new Login("holdfast", "embedded-backup");

    private Builder(Path folder) {
      this.folder = folder;
      settings.put("wal_level", "replica");
      settings.put("max_wal_senders", "20");
      settings.put("max_replication_slots", "20");
      settings.put("hot_standby", "on");
      settings.put("shared_buffers", "32MB");
      settings.put("log_line_prefix", "%m [%p] %a %u@%d ");
    }

    /** Default: the newest major installed. */
    public Builder install(PostgresInstall chosen) {
      install = chosen;
      return this;
    }

    /** Default: 2. */
    public Builder standbys(int count) {
      standbys = count;
      return this;
    }

    public Builder setting(String name, String value) {
      settings.put(name, value);
      return this;
    }

    /** Size of WAL segments, a power of two up to 1024. Default: 16. */
    public Builder segmentMegabytes(int size) {
      segmentMegabytes = size;
      return this;
    }

    /**
     * A tablespace outside the data directory. Servers on one machine cannot share its place, so it
     * is created before the standbys, which map it to places of their own.
     */
    public Builder tablespace(String name) {
      tablespaces.add(name);
      return this;
    }

    public Builder superuserPassword(String password) {
      superuser = new Login(superuser.username(), password);
      return this;
    }

    public Builder backupLogin(Login login) {
      backup = login;
      return this;
    }

    /** Creates the cluster, or opens it if the folder holds it already, and starts every node. */
    public PostgresCluster start() {
      Path primaryFolder = folder.resolve("primary");
      List<PostgresServer> started = new ArrayList<>();
      try {
        boolean isNew = !PostgresServer.exists(primaryFolder);
        PostgresServer primary =
            isNew
                ? PostgresServer.create(
                    install == null ? PostgresInstall.newest() : install,
                    primaryFolder,
                    superuser,
                    settings,
                    segmentMegabytes)
                : PostgresServer.open(primaryFolder, superuser);
        started.add(primary.start());
        if (isNew) {
          createRoles(primary);
          createTablespaces(primary);
        }
        for (int i = 0; i < standbys; i++) {
          started.add(standby(primary, i).start());
        }
        PostgresCluster cluster =
            new PostgresCluster(primary, started.subList(1, started.size()), backup);
        cluster.awaitAllCaughtUp();
        return cluster;
      } catch (RuntimeException e) {
        for (PostgresServer server : started) {
          try {
            server.close();
          } catch (RuntimeException suppressed) {
            e.addSuppressed(suppressed);
          }
        }
        throw e;
      }
    }

    private void createRoles(PostgresServer primary) {
      primary.execute(
          "create role " + REPLICATOR + " login replication password " + literal(superuser),
          "create role "
              + identifier(backup.username())
              + " login replication password "
              + literal(backup),
          "grant pg_read_all_data, pg_monitor to " + identifier(backup.username()));
    }

    private void createTablespaces(PostgresServer primary) {
      for (String name : tablespaces) {
        Path place = tablespaceOf("primary", name);
        primary.execute(
            "create tablespace " + identifier(name) + " location '" + place.toString() + "'");
      }
    }

    private Path tablespaceOf(String node, String name) {
      Path place = folder.resolve(node + "-tablespaces").resolve(name);
      Account account = Account.forPostgres();
      account.createPrivate(place.getParent());
      return account.createPrivate(place);
    }

    private PostgresServer standby(PostgresServer primary, int index) {
      String node = "standby-" + (index + 1);
      Path standbyFolder = folder.resolve(node);
      if (!PostgresServer.exists(standbyFolder)) {
        Account.forPostgres().createPrivate(standbyFolder);
        var copy =
            primary
                .command("pg_basebackup")
                .environment("PGPASSWORD", superuser.password())
                .with("-h", primary.host(), "-p", Integer.toString(primary.port()))
                .with("-U", REPLICATOR, "-D", standbyFolder.resolve("data").toString())
                .with("-R", "-C", "-S", node.replace('-', '_'), "-c", "fast", "--no-sync");
        for (String name : tablespaces) {
          // The mapped place must not exist yet: pg_basebackup creates it.
          Path place = tablespaceOf(node, name);
          place.toFile().delete();
          copy = copy.with("-T", tablespaceOf("primary", name) + "=" + place);
        }
        copy.run(Duration.ofMinutes(10));
      }
      if (!Files.exists(standbyFolder.resolve("data/PG_VERSION"))) {
        throw new IllegalStateException("pg_basebackup left nothing in " + standbyFolder);
      }
      return PostgresServer.open(standbyFolder, superuser);
    }

    private static String identifier(String name) {
      return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static String literal(Login login) {
      return "'" + login.password().replace("'", "''") + "'";
    }
  }
}
