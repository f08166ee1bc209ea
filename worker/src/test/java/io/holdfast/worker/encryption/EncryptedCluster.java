package io.holdfast.worker.encryption;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.BackupId;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.SecretRef;
import io.holdfast.model.backup.SourceSpec;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.job.JobResult.KeysRotated;
import io.holdfast.model.job.JobResult.Restored;
import io.holdfast.model.job.JobResult.Verified;
import io.holdfast.model.job.JobResult.WalReencrypted;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.VerificationLevel;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.restore.PhysicalRestoreTarget;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.backup.BackupJob;
import io.holdfast.worker.backup.BackupRooms;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.node.NodeProbe;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.reencryption.ReencryptJob;
import io.holdfast.worker.reencryption.ReencryptWalJob;
import io.holdfast.worker.repository.configured.ConfiguredRepositories;
import io.holdfast.worker.restore.RestoreJob;
import io.holdfast.worker.restore.RestoreRooms;
import io.holdfast.worker.rotation.RotateKeysJob;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.verify.VerifyJob;
import io.holdfast.worker.verify.VerifyRooms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** A small cluster, a repository in a directory, and workers that have different keys. */
final class EncryptedCluster implements AutoCloseable {
  static final String CLUSTER = "orders";

  final Path folder = Folders.temporary("encrypted");
  final PostgresCluster postgres;

  EncryptedCluster() throws IOException {
    PostgresInstall install = PostgresInstall.newest();
    PostgresCluster.Builder builder =
        PostgresCluster.in(folder.resolve("pg")).install(install).tablespace("side");
    if (install.major() >= 17) {
      builder.setting("summarize_wal", "on");
    }
    postgres = builder.start();
    postgres.primary().execute("CREATE DATABASE shop");
    postgres
        .primary()
        .executeIn(
            "shop", "CREATE TABLE t AS SELECT i, md5(i::text) FROM generate_series(1, 5000) i");
    postgres.primary().execute("CREATE TABLE s TABLESPACE side AS SELECT generate_series(1, 9) i");
    Files.createDirectories(folder.resolve("repositories"));
    Files.createDirectories(folder.resolve("restores"));
  }

  /** A worker with these keys. */
  Worker worker(Keys keys) {
    return new Worker(keys);
  }

  /** A folder for the files of one worker's keys. */
  Keys keys() {
    try {
      return new Keys(Files.createTempDirectory(folder, "keys"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path repository() {
    return folder.resolve("repositories/disk");
  }

  /** The folder of a backup's manifest. */
  Path backup(BackupId id) {
    return repository().resolve("clusters").resolve(CLUSTER).resolve("backups/" + id);
  }

  FilesystemRepositorySpec repositorySpec() {
    return new FilesystemRepositorySpec("disk", repository().toString());
  }

  /** A further repository. */
  FilesystemRepositorySpec repositorySpec(String name) {
    return new FilesystemRepositorySpec(name, folder.resolve("repositories/" + name).toString());
  }

  /** One worker. */
  final class Worker {
    final Credentials credentials;
    private final PgTools tools = new PgTools(List.of(PostgresInstall.newest().bin()));

    private Worker(Keys keys) {
      try {
        Path file = Files.createTempFile(folder, "credentials", ".yaml");
        credentials =
            new Credentials(
                Files.writeString(
                    file,
                    """
                    databases:
                      orders-db: { username: "%s", password: "%s", endpoints: ["%s"] }
                    roots: { repositories: ["%s"], restores: ["%s"] }
                    %s"""
                        .formatted(
                            postgres.backupLogin().username(),
                            postgres.backupLogin().password(),
                            postgres.primary().endpoint(),
                            folder.resolve("repositories"),
                            folder.resolve("restores"),
                            keys.yaml())));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Manifest backUp(SourceSpec source, EncryptionSpec encryption) {
      return new BackupJob(
              new BackupRooms(
                  repositories(),
                  new NodeProbe(Connections.brisk(), credentials, Clock.systemUTC()),
                  credentials,
                  tools,
                  Connections.patient(),
                  folder,
                  Clock.systemUTC(),
                  "test"))
          .run(
              new JobSpec.Backup(
                  BackupId.next(Clock.systemUTC()),
                  cluster(encryption),
                  repositorySpec(),
                  source,
                  CompressionSpec.zstd(),
                  null,
                  null,
                  Map.of()),
              new TestAttempt())
          .manifest();
    }

    ClusterSpec cluster(EncryptionSpec encryption) {
      return new ClusterSpec(
              CLUSTER,
              List.of(new NodeSpec("pg-1", postgres.primary().host(), postgres.primary().port())),
              new SecretRef("orders-db"),
              "disable",
              "postgres",
              null,
              null)
          .encrypted(encryption);
    }

    Verified verify(BackupId id, VerificationLevel level) {
      return new VerifyJob(
              new VerifyRooms(repositories(), credentials, tools, folder, Clock.systemUTC()))
          .run(
              new JobSpec.Verify(id, CLUSTER, repositorySpec(), level).known(true, null),
              new TestAttempt());
    }

    Restored restore(Manifest backup, String name) {
      return new RestoreJob(
              new RestoreRooms(
                  repositories(),
                  new NodeProbe(Connections.brisk(), credentials, Clock.systemUTC()),
                  credentials,
                  tools,
                  Connections.patient(),
                  folder,
                  Clock.systemUTC()))
          .run(
              new JobSpec.Restore(
                      backup.backupId(),
                      CLUSTER,
                      repositorySpec(),
                      new PhysicalRestoreTarget(
                          folder.resolve("restores").resolve(name).toString(),
                          Map.of(
                              backup.tablespaces().getFirst().location(),
                              folder.resolve("restores").resolve(name + "-side").toString()),
                          false,
                          false,
                          null),
                      false)
                  .known(true, null),
              new TestAttempt());
    }

    /**
     * @param parent what the second is to build on; null: nothing
     */
    Manifest reencrypt(
        BackupId id, BackupId original, BackupId parent, EncryptionSpec spec, Attempt attempt) {
      return new ReencryptJob(repositories(), seals(), Clock.systemUTC(), "test")
          .run(
              new JobSpec.Reencrypt(id, original, null, parent, CLUSTER, repositorySpec(), spec),
              attempt)
          .manifest();
    }

    WalReencrypted reencryptWal(
        EncryptionSpec spec, Attempt attempt, FilesystemRepositorySpec... copies) {
      return new ReencryptWalJob(repositories(), seals())
          .run(new JobSpec.ReencryptWal(CLUSTER, repositorySpec(), List.of(copies), spec), attempt);
    }

    Seals seals() {
      return new Seals(new Keyring(credentials));
    }

    KeysRotated rotate(String key) {
      return new RotateKeysJob(repositories(), credentials)
          .run(
              new JobSpec.RotateKeys(CLUSTER, repositorySpec(), new SecretRef(key)),
              new TestAttempt());
    }

    private ConfiguredRepositories repositories() {
      return new ConfiguredRepositories(credentials, Waiter.real());
    }
  }

  @Override
  public void close() {
    postgres.close();
    Folders.delete(folder);
  }
}
