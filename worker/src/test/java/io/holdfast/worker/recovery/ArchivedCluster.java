package io.holdfast.worker.recovery;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import io.holdfast.model.SecretRef;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.backup.PhysicalSourceSpec.Otherwise;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.cluster.StandbyPolicy;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.job.JobResult.Restored;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.restore.PhysicalRestoreTarget;
import io.holdfast.model.restore.PhysicalRestoreTarget.EndAction;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.backup.BackupJob;
import io.holdfast.worker.backup.BackupRooms;
import io.holdfast.worker.encryption.Keys;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.node.NodeProbe;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.repository.configured.ConfiguredRepositories;
import io.holdfast.worker.restore.RestoreJob;
import io.holdfast.worker.restore.RestoreRooms;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.server.ThrowAwayServer;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.fetch.WalFetch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A cluster with a ledger, whose archiver copies into a folder, from which a test puts what it
 * likes into a repository.
 */
public final class ArchivedCluster implements AutoCloseable {
  public static final String NAME = "orders";

  private final Path folder;
  private final ArchivedFiles files;
  private final PostgresInstall install;
  private final PostgresCluster postgres;
  private final Credentials credentials;
  private PostgresServer primary;
  private EncryptionSpec encryption;
  private int copies;

  private ArchivedCluster(Path folder, PostgresCluster postgres, PostgresInstall install)
      throws IOException {
    this.folder = folder;
    this.files = new ArchivedFiles(this, folder.resolve("archived"));
    this.install = install;
    this.postgres = postgres;
    this.primary = postgres.primary();
    Files.createDirectories(folder.resolve("repositories"));
    Files.createDirectories(folder.resolve("copies"));
    this.credentials =
        new Credentials(
            Files.writeString(
                folder.resolve("credentials.yaml"),
                """
                databases:
                  orders-db: { username: "%s", password: "%s", endpoints: [%s] }
                repositories: {}
                roots: { repositories: ["%s"], restores: ["%s"] }
                """
                    .formatted(
                        postgres.backupLogin().username(),
                        postgres.backupLogin().password(),
                        String.join(
                            ", ",
                            postgres.nodes().stream()
                                .map(node -> '"' + node.endpoint() + '"')
                                .toList()),
                        folder.resolve("repositories"),
                        folder.resolve("copies"))));
  }

  /**
   * @param segmentMegabytes size of WAL segments
   */
  static ArchivedCluster start(PostgresInstall install, int standbys, int segmentMegabytes)
      throws IOException {
    Path folder = Folders.temporary("holdfast-recovery");
    Path archived = Files.createDirectory(folder.resolve("archived"));
    Files.setPosixFilePermissions(archived, PosixFilePermissions.fromString("rwxrwxrwx"));
    PostgresCluster.Builder servers =
        PostgresCluster.in(folder.resolve("pg"))
            .install(install)
            .standbys(standbys)
            .segmentMegabytes(segmentMegabytes)
            .setting("archive_mode", "on")
            .setting(
                "archive_command",
                "cp %p '" + archived + "/.%f' && mv '" + archived + "/.%f' '" + archived + "/%f'")
            .setting("autovacuum", "off")
            .setting("max_connections", "37");
    if (install.major() >= 17) {
      servers.setting("summarize_wal", "on");
    }
    PostgresCluster postgres = servers.start();
    ArchivedCluster cluster = new ArchivedCluster(folder, postgres, install);
    cluster.primary.execute("create table ledger (i int)");
    return cluster;
  }

  Path folder() {
    return folder;
  }

  PostgresCluster postgres() {
    return postgres;
  }

  PostgresServer primary() {
    return primary;
  }

  void primaryIs(PostgresServer server) {
    primary = server;
  }

  PgTools tools() {
    return new PgTools(List.of(install.bin()));
  }

  int major() {
    return install.major();
  }

  ClusterSpec spec() {
    return new ClusterSpec(
        NAME,
        postgres.nodes().stream()
            .map(node -> new NodeSpec("pg-" + node.port(), node.host(), node.port()))
            .toList(),
        new SecretRef("orders-db"),
        "disable",
        "postgres",
        new StandbyPolicy(StandbyPolicy.Target.PRIMARY, 0, null, null, null),
        null,
        encryption);
  }

  /** Null: none. */
  EncryptionSpec encryption() {
    return encryption;
  }

  RepositorySpec repository() {
    return new FilesystemRepositorySpec("disk", folder.resolve("repositories/disk").toString());
  }

  Credentials credentials() {
    return credentials;
  }

  /**
   * From now on its backups and WAL are encrypted.
   *
   * @param keys of the worker, from now on
   */
  void encrypt(EncryptionSpec with, Keys keys) throws IOException {
    encryption = with;
    keys(keys);
  }

  /** The worker's keys are these now. */
  void keys(Keys keys) throws IOException {
    Path file = folder.resolve("credentials.yaml");
    String before = Files.readString(file);
    int section = before.indexOf("keys:");
    Files.writeString(file, (section < 0 ? before : before.substring(0, section)) + keys.yaml());
  }

  /** A full one. */
  Manifest backUp() {
    return backUp((BackupId) null);
  }

  /**
   * @param parent null for a full one
   */
  Manifest backUp(BackupId parent) {
    BackupRooms rooms =
        new BackupRooms(
            repositories(),
            nodes(),
            credentials,
            tools(),
            Connections.patient(),
            folder,
            Clock.systemUTC(),
            "test");
    return new BackupJob(rooms)
        .run(
            new JobSpec.Backup(
                BackupId.next(Clock.systemUTC()),
                spec(),
                repository(),
                new PhysicalSourceSpec(PhysicalSourceSpec.Checkpoint.FAST, parent, Otherwise.FAIL),
                null,
                null,
                null,
                Map.of()),
            new TestAttempt())
        .manifest();
  }

  RepositoryFactory repositories() {
    return new ConfiguredRepositories(credentials, Waiter.real());
  }

  NodeProbe nodes() {
    return new NodeProbe(Connections.brisk(), credentials, Clock.systemUTC());
  }

  /** Commits a row and waits a little, so that a moment lies between two commits. */
  Commit commit(int i) throws Exception {
    return Commit.of(primary, i);
  }

  /** Ends the segment, waits until it is copied, and puts all that is new into the repository. */
  void archive() throws IOException {
    String file = primary.queryText("select pg_walfile_name(pg_switch_wal())");
    files.await(file);
    files.put();
  }

  /** What the archiver has copied, and what of it is in the repository. */
  ArchivedFiles files() {
    return files;
  }

  WalLayout layout() {
    return new WalLayout(
        NAME, primary.queryText("select system_identifier::text from pg_control_system()"));
  }

  /** Where an archived file lies on this disk. */
  Path stored(String file) {
    return folder
        .resolve("repositories/disk")
        .resolve(layout().key(WalFileName.parse(file).orElseThrow()));
  }

  SegmentSize size() {
    return new SegmentSize(
        Integer.parseInt(
            primary.queryText("select setting from pg_settings where name = 'wal_segment_size'")));
  }

  String segment(int timeline, Lsn lsn) {
    return WalFileName.segment(timeline, size().number(lsn), size()).toString();
  }

  /** The folder of a backup. */
  Path backup(BackupId id) {
    return folder.resolve("repositories/disk/clusters").resolve(NAME).resolve("backups/" + id);
  }

  Path lastCopy() {
    return folder.resolve("copies").resolve("copy-" + copies);
  }

  Path nextCopy() {
    return folder.resolve("copies").resolve("copy-" + ++copies);
  }

  Restored restore(Manifest backup, RecoveryTarget target) {
    return restore(backup, target, null, EndAction.PROMOTE, false, repositories());
  }

  Restored restore(
      Manifest backup,
      RecoveryTarget target,
      String timeline,
      EndAction action,
      boolean start,
      RepositoryFactory repositories) {
    return restore(backup, target, timeline, action, start, repositories, new TestAttempt());
  }

  Restored restore(
      Manifest backup,
      RecoveryTarget target,
      String timeline,
      EndAction action,
      boolean start,
      RepositoryFactory repositories,
      TestAttempt attempt) {
    return restoreJob(repositories)
        .run(
            new JobSpec.Restore(
                backup.backupId(),
                NAME,
                repository(),
                new PhysicalRestoreTarget(
                    nextCopy().toString(), Map.of(), target, timeline, action, start, true, null),
                false),
            attempt);
  }

  RestoreJob restoreJob(RepositoryFactory repositories) {
    return new RestoreJob(rooms(repositories));
  }

  RestoreRooms rooms(RepositoryFactory repositories) {
    return new RestoreRooms(
        repositories,
        nodes(),
        credentials,
        tools(),
        Connections.patient(),
        folder.resolve("scratch"),
        new RecoveryRooms(
            tools(),
            new Seals(new Keyring(credentials)),
            new WalFetch.Settings(64L << 20, Duration.ofSeconds(4), Duration.ofMillis(50)),
            Waiter.real()),
        name -> Optional.of(spec()),
        Clock.systemUTC());
  }

  /** What the ledger of a stopped copy holds. */
  String ledger(Restored restored) throws Exception {
    return ask(restored, "select coalesce(string_agg(i::text, ',' order by i), '') from ledger");
  }

  String ask(Restored restored, String sql) throws Exception {
    Path data = Path.of(restored.details().get("directory"));
    try (ThrowAwayServer server =
        ThrowAwayServer.start(
            tools(),
            major(),
            data,
            postgres.superuser().username(),
            ControlFile.read(data).settings(),
            Progress.silent())) {
      String answer;
      try (Connection connection = server.connect("postgres")) {
        answer = Commit.text(connection, sql);
      }
      server.shutDown(tools(), major(), data);
      return answer;
    }
  }

  /** Stops a server that a restore left running. */
  static void stopServer(Path data) throws Exception {
    long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst());
    ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
    server.destroy();
    server.onExit().get();
  }

  @Override
  public void close() {
    postgres.close();
    Folders.delete(folder);
  }
}
