package io.holdfast.worker.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Account;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.BackupId;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.backup.PhysicalSourceSpec.Otherwise;
import io.holdfast.model.backup.SourceSpec;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.job.JobResult.BackedUp;
import io.holdfast.model.job.JobResult.Restored;
import io.holdfast.model.job.JobResult.Verified;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.SizeBand;
import io.holdfast.model.job.VerificationLevel;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.restore.PhysicalRestoreTarget;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.backup.BackupJob;
import io.holdfast.worker.backup.BackupRooms;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.node.NodeProbe;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.repository.configured.ConfiguredRepositories;
import io.holdfast.worker.restore.RestoreJob;
import io.holdfast.worker.restore.RestoreRooms;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.verify.VerifyJob;
import io.holdfast.worker.verify.VerifyRooms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A cluster, a repository in a directory, and the verbs of a worker on them. */
final class Stage implements AutoCloseable {
  static final String CLUSTER = "orders";

  final Path folder = Folders.temporary("chain");
  final PostgresInstall install;
  final PostgresCluster postgres;
  private final Credentials credentials;

  private List<PostgresServer> nodes;

  Stage(PostgresInstall install, int standbys) {
    this.install = install;
    PostgresCluster.Builder builder =
        PostgresCluster.in(folder.resolve("pg"))
            .install(install)
            .standbys(standbys)
            .tablespace("side");
    if (install.major() >= 17) {
      builder.setting("summarize_wal", "on");
    }
    this.postgres = builder.start();
    this.nodes = List.of(postgres.primary());
    try {
      Files.createDirectories(folder.resolve("repositories"));
      Files.createDirectories(folder.resolve("restores"));
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
                          postgres.nodes().stream()
                              .map(node -> '"' + node.endpoint() + '"')
                              .collect(Collectors.joining(", ")),
                          folder.resolve("repositories"),
                          folder.resolve("restores"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void createTablespace(String name) {
    Path place = Account.forPostgres().createPrivate(folder.resolve("place-" + name));
    postgres.primary().execute("CREATE TABLESPACE " + name + " LOCATION '" + place + "'");
  }

  /** From now on these are the cluster's nodes, pg-1 first; a standby among them is preferred. */
  void nodes(PostgresServer... servers) {
    nodes = List.of(servers);
  }

  /** Refused as told, with nothing left; and a full one where the request prefers that. */
  void assertRefused(BackupId parent, ErrorCode code, String beginning) {
    assertThatThrownBy(() -> backUp(new TestAttempt(), parent, Otherwise.FAIL))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> {
              assertThat(failure).hasMessageStartingWith(beginning);
              assertThat(failure.code()).isEqualTo(code);
            });

    TestAttempt attempt = new TestAttempt();
    BackedUp instead =
        backUp(attempt, parent, Otherwise.FULL, CompressionSpec.zstd(), new SizeBand(1, 1000));

    assertThat(instead.manifest().parent()).isNull();
    assertThat(instead.manifest().parentManifestSha256()).isNull();
    assertThat(instead.suspectBecause()).as("the band is of incremental ones").isNull();
    assertThat(attempt.notes())
        .filteredOn(note -> note.startsWith("FULL_INSTEAD"))
        .singleElement()
        .asString()
        .startsWith("FULL_INSTEAD a full backup is taken instead: " + beginning);
  }

  BackedUp backUp(TestAttempt attempt, BackupId parent, Otherwise otherwise) {
    return backUp(attempt, parent, otherwise, CompressionSpec.zstd(), null);
  }

  BackedUp backUp(
      TestAttempt attempt,
      BackupId parent,
      Otherwise otherwise,
      CompressionSpec compression,
      SizeBand band) {
    return backUp(attempt, new PhysicalSourceSpec(null, parent, otherwise), compression, band);
  }

  BackedUp backUp(
      TestAttempt attempt, SourceSpec source, CompressionSpec compression, SizeBand band) {
    BackupRooms rooms =
        new BackupRooms(
            repositories(),
            new NodeProbe(Connections.brisk(), credentials, Clock.systemUTC()),
            credentials,
            tools(),
            Connections.patient(),
            folder,
            Clock.systemUTC(),
            "test");
    ClusterSpec cluster =
        new ClusterSpec(
            CLUSTER,
            IntStream.range(0, nodes.size())
                .mapToObj(
                    i -> new NodeSpec("pg-" + (i + 1), nodes.get(i).host(), nodes.get(i).port()))
                .toList(),
            new SecretRef("orders-db"),
            "disable",
            "postgres",
            null,
            null);
    return new BackupJob(rooms)
        .run(
            new JobSpec.Backup(
                BackupId.next(Clock.systemUTC()),
                cluster,
                repository(),
                source,
                compression,
                null,
                band,
                Map.of()),
            attempt);
  }

  BackupId backUp(BackupId parent) {
    return backUp(new TestAttempt(), parent, Otherwise.FAIL).manifest().backupId();
  }

  Restored restore(BackupId id, String name, Map<String, String> tablespaces, boolean dryRun) {
    RestoreRooms rooms =
        new RestoreRooms(
            repositories(),
            new NodeProbe(Connections.brisk(), credentials, Clock.systemUTC()),
            credentials,
            tools(),
            Connections.patient(),
            folder,
            Clock.systemUTC());
    return new RestoreJob(rooms)
        .run(
            new JobSpec.Restore(
                id,
                CLUSTER,
                repository(),
                new PhysicalRestoreTarget(
                    target(name).toString(), tablespaces, false, !dryRun, null),
                dryRun),
            new TestAttempt());
  }

  Path target(String name) {
    return folder.resolve("restores").resolve(name);
  }

  Verified verify(BackupId id, VerificationLevel level) {
    VerifyRooms rooms =
        new VerifyRooms(repositories(), credentials, tools(), folder, Clock.systemUTC());
    return new VerifyJob(rooms)
        .run(new JobSpec.Verify(id, CLUSTER, repository(), level), new TestAttempt());
  }

  PgTools tools() {
    return new PgTools(List.of(install.bin()));
  }

  /** The folder of a backup's manifest. */
  Path backup(BackupId id) {
    return folder.resolve("repositories/disk/clusters").resolve(CLUSTER).resolve("backups/" + id);
  }

  /** Rewrites a manifest, and what vouches for it, as somebody could who may write there. */
  void forge(BackupId id, UnaryOperator<String> change) {
    Path manifest = backup(id).resolve("manifest.json");
    try {
      byte[] forged = change.apply(Files.readString(manifest)).getBytes(StandardCharsets.UTF_8);
      Files.write(manifest, forged);
      Path sums = backup(id).resolve(Wire.read(forged, Manifest.class).runId() + "/SHA256SUMS");
      Files.writeString(
          sums,
          Files.readString(sums).replaceFirst("[0-9a-f]{64}  \\.\\./", sha256(forged) + "  ../"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private ConfiguredRepositories repositories() {
    return new ConfiguredRepositories(credentials, Waiter.real());
  }

  private FilesystemRepositorySpec repository() {
    return new FilesystemRepositorySpec("disk", folder.resolve("repositories/disk").toString());
  }

  @Override
  public void close() {
    postgres.close();
    Folders.delete(folder);
  }
}
