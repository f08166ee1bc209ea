package io.holdfast.worker.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.embedded.junit.RequiresPostgres;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.BackupId;
import io.holdfast.model.Codec;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.SecretRef;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.VerificationLevel;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.backup.BackupJob;
import io.holdfast.worker.backup.BackupRooms;
import io.holdfast.worker.node.NodeProbe;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.repository.configured.ConfiguredRepositories;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.verify.VerifyJob;
import io.holdfast.worker.verify.VerifyRooms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the server compressed, as it can since PostgreSQL 15, is stored unseen, says so, and can be
 * verified all the same.
 */
@RequiresPostgres(15)
class ServerCompressedBackupTest {
  private static final PostgresInstall INSTALL = PostgresInstall.newest();
  private static Path folder;
  private static PostgresCluster postgres;
  private static Credentials credentials;

  private final TestAttempt attempt = new TestAttempt();

  @BeforeAll
  static void start() throws IOException {
    folder = Folders.temporary("holdfast-server-compressed");
    postgres = PostgresCluster.in(folder.resolve("pg")).install(INSTALL).standbys(0).start();
    postgres.primary().execute("CREATE TABLE t AS SELECT generate_series(1, 50000) AS i");
    Files.createDirectories(folder.resolve("repositories"));
    credentials =
        new Credentials(
            Files.writeString(
                folder.resolve("credentials.yaml"),
                """
                databases:
                  orders-db: { username: "%s", password: "%s", endpoints: ["%s"] }
                repositories: {}
                roots: { repositories: ["%s"], restores: [] }
                """
                    .formatted(
                        postgres.backupLogin().username(),
                        postgres.backupLogin().password(),
                        postgres.primary().endpoint(),
                        folder.resolve("repositories"))));
  }

  @AfterAll
  static void stop() {
    if (postgres != null) {
      postgres.close();
      Folders.delete(folder);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Codec.class,
      names = {"ZSTD", "GZIP", "LZ4"})
  void isVerifiedByItsStructureLater(Codec codec) {
    // Only the server that runs can tell what it was built with: no condition asks it before.
    assumeTrue(serverKnows(codec), () -> INSTALL + " was built without " + codec);
    BackupId id = BackupId.next(Clock.systemUTC());

    Manifest manifest = backUp(id, codec);

    assertThat(manifest.structureChecked()).isFalse();
    assertThat(manifest.artifacts())
        .filteredOn(artifact -> artifact.kind() == Artifact.Kind.BASE_TAR)
        .extracting(Artifact::codec, Artifact::plain)
        .containsExactly(tuple(codec, null));
    assertThat(attempt.notes()).anyMatch(note -> note.startsWith("STRUCTURE_NOT_CHECKED"));
    assertThat(attempt.totals()).containsEntry("COPYING", null);
    assertThat(verify(id).findings())
        .extracting(JobResult.Finding::outcome)
        .containsExactly("OK", "OK");
    assertThat(verify(id).findings().getLast().sentence())
        .matches("[0-9]{3,} files of the base backup match backup_manifest, .*");
  }

  @ParameterizedTest
  @EnumSource(
      value = Codec.class,
      names = {"ZSTD", "NONE"})
  void isTheOnlyOneThatIsNotCheckedAsItPasses(Codec codec) {
    CompressionSpec.Where where =
        codec == Codec.NONE ? CompressionSpec.Where.SERVER : CompressionSpec.Where.WORKER;

    Manifest manifest = backUp(BackupId.next(Clock.systemUTC()), codec, where);

    assertThat(manifest.structureChecked()).isTrue();
    assertThat(attempt.notes()).noneMatch(note -> note.startsWith("STRUCTURE_NOT_CHECKED"));
    long base =
        manifest.artifacts().stream()
            .filter(artifact -> artifact.kind() == Artifact.Kind.BASE_TAR)
            .findFirst()
            .orElseThrow()
            .plain()
            .bytes();
    // WAL included, give or take what is no file: within the hundredth of a progress bar.
    assertThat(attempt.totals().get("COPYING")).isBetween(base * 99 / 100, base * 2);
  }

  private static boolean serverKnows(Codec codec) {
    String option =
        switch (codec) {
          case ZSTD -> "--with-zstd";
          case LZ4 -> "--with-lz4";
          case GZIP, NONE -> "";
        };
    return postgres
        .primary()
        .queryText(
            "SELECT bool_or(setting LIKE '%"
                + option
                + "%') FROM pg_config WHERE name = 'CONFIGURE'")
        .equals("t");
  }

  private Manifest backUp(BackupId id, Codec codec) {
    return backUp(id, codec, CompressionSpec.Where.SERVER);
  }

  private Manifest backUp(BackupId id, Codec codec, CompressionSpec.Where where) {
    BackupRooms rooms =
        new BackupRooms(
            new ConfiguredRepositories(credentials, Waiter.real()),
            new NodeProbe(Connections.brisk(), credentials, Clock.systemUTC()),
            credentials,
            tools(),
            Connections.patient(),
            folder,
            Clock.systemUTC(),
            "test");
    ClusterSpec cluster =
        new ClusterSpec(
            "orders",
            List.of(new NodeSpec("pg-1", postgres.primary().host(), postgres.primary().port())),
            new SecretRef("orders-db"),
            "disable",
            "postgres",
            null,
            null);
    return new BackupJob(rooms)
        .run(
            new JobSpec.Backup(
                id,
                cluster,
                repository(),
                new PhysicalSourceSpec(null),
                new CompressionSpec(codec, null, null, where),
                null,
                null,
                Map.of()),
            attempt)
        .manifest();
  }

  private JobResult.Verified verify(BackupId id) {
    VerifyRooms rooms =
        new VerifyRooms(
            new ConfiguredRepositories(credentials, Waiter.real()),
            credentials,
            tools(),
            folder,
            Clock.systemUTC());
    return new VerifyJob(rooms)
        .run(new JobSpec.Verify(id, "orders", repository(), VerificationLevel.STRUCTURE), attempt);
  }

  private static PgTools tools() {
    return new PgTools(List.of(INSTALL.bin()));
  }

  private static FilesystemRepositorySpec repository() {
    return new FilesystemRepositorySpec("disk", folder.resolve("repositories/disk").toString());
  }

  /** Keeps what an attempt says, and is never stopped. */
}
