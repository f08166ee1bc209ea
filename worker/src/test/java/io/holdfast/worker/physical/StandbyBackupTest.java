package io.holdfast.worker.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.PhysicalSourceSpec.Checkpoint;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.failure.JobStopped;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.source.physical.BaseBackup;
import io.holdfast.worker.source.physical.BaseBackupOptions;
import io.holdfast.worker.source.physical.ConfigurationFiles;
import io.holdfast.worker.tar.BackupManifestCheck;
import io.holdfast.worker.tar.FilesSeen;
import io.holdfast.worker.tar.InspectedInput;
import io.holdfast.worker.tar.TarInspector;
import io.holdfast.worker.target.physical.TarExtraction;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Base backups from a standby and from a primary that is busy, and what may happen to them. */
class StandbyBackupTest {
  private Path folder;
  private PostgresCluster cluster;

  @BeforeEach
  void start() throws IOException {
    folder = Files.createTempDirectory("holdfast-standby-backup");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    // Some installations have nothing but the server, and cannot make a standby.
    PostgresInstall install = PostgresInstall.allWith("pg_basebackup").getFirst();
    cluster = PostgresCluster.in(folder.resolve("cluster")).install(install).standbys(1).start();
  }

  @AfterEach
  void stop() {
    cluster.close();
    Folders.delete(folder);
  }

  @Test
  void aStandbyGivesAWholeBackup() throws Exception {
    FilesSeen seen = new FilesSeen();
    byte[] manifest = null;
    BaseBackup backup = begin(cluster.standby(0), Checkpoint.FAST, Progress.silent());
    try (backup) {
      for (Optional<BaseBackup.Archive> next = backup.next();
          next.isPresent();
          next = backup.next()) {
        InputStream bytes = next.get().source().stream();
        if (next.get().isManifest()) {
          manifest = bytes.readAllBytes();
        } else {
          new InspectedInput(bytes, TarInspector.ofBase(seen))
              .transferTo(OutputStream.nullOutputStream());
        }
      }
      backup.finish();
    }

    assertThat(BackupManifestCheck.compare(manifest, seen, backup.systemIdentifier(), 1 << 24))
        .isEmpty();
  }

  @Test
  void aPromotionDuringTheBackupFailsItAsAChangedCluster() throws Exception {
    cluster
        .primary()
        .execute(
            "CREATE TABLE bulk AS SELECT i, repeat('x', 900) FROM generate_series(1, 40000) i");
    cluster.awaitAllCaughtUp();
    try (BaseBackup backup = begin(cluster.standby(0), Checkpoint.FAST, Progress.silent())) {
      InputStream base = backup.next().orElseThrow().source().stream();
      assertThat(base.readNBytes(100_000)).hasSize(100_000);

      cluster.promote(0);

      assertThatThrownBy(
              () -> {
                base.transferTo(OutputStream.nullOutputStream());
                InputStream manifest = backup.next().orElseThrow().source().stream();
                manifest.transferTo(OutputStream.nullOutputStream());
                assertThat(backup.next()).isEmpty();
                backup.finish();
              })
          .isInstanceOfSatisfying(
              JobFailure.class,
              failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CLUSTER_CHANGED));
    }
  }

  @Test
  void aStopEndsTheWaitForASpreadCheckpoint() throws Exception {
    PostgresServer primary = cluster.primary();
    primary.execute(
        "CREATE TABLE dirty AS SELECT i, repeat('x', 900) FROM generate_series(1, 20000) i");
    Stoppable progress = new Stoppable();
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> waiting =
          threads.submit(() -> begin(primary, Checkpoint.SPREAD, progress).startLsn());
      Awaitility.await().until(() -> senders(primary).equals("1"));

      progress.stop();

      assertThatThrownBy(waiting::get).hasCauseInstanceOf(JobStopped.class);
      Awaitility.await().until(() -> senders(primary).equals("0"));
    }
  }

  private static String senders(PostgresServer primary) {
    return primary.queryText(
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'walsender'"
            + " AND application_name = 'holdfast' AND query LIKE 'BASE_BACKUP%'");
  }

  @Test
  void configurationIsReadAsFarAsTheRoleMay() throws Exception {
    PostgresServer primary = cluster.primary();
    Files.write(
        primary.data().resolve("postgresql.conf"),
        "\n# f\u00fcr alle\n".getBytes(StandardCharsets.ISO_8859_1),
        StandardOpenOption.APPEND);
    primary.execute("GRANT EXECUTE ON FUNCTION pg_read_file(text) TO holdfast");
    assertThat(configuration()).containsOnlyKeys(ConfigurationFiles.EFFECTIVE);

    primary.execute(
        "GRANT pg_read_server_files TO holdfast",
        "GRANT EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean)"
            + " TO holdfast");

    assertThat(configuration())
        .containsOnlyKeys(
            ConfigurationFiles.EFFECTIVE,
            "postgresql.conf",
            "postgresql.auto.conf",
            "pg_hba.conf",
            "pg_ident.conf")
        .containsEntry(
            "postgresql.conf", Files.readAllBytes(primary.data().resolve("postgresql.conf")));
  }

  private Map<String, byte[]> configuration() throws Exception {
    try (Connection connection = cluster.primary().connect("postgres", cluster.backupLogin())) {
      return TarExtraction.inMemory(
          new ByteArrayInputStream(ConfigurationFiles.read(connection, "primary").tar()));
    }
  }

  private BaseBackup begin(PostgresServer node, Checkpoint checkpoint, Progress progress) {
    Login login = cluster.backupLogin();
    return BaseBackup.begin(
        new Server(
            "node",
            node.host(),
            node.port(),
            "prefer",
            new io.holdfast.worker.secret.Login(login.username(), login.password())),
        new BaseBackupOptions("test", checkpoint, CompressionSpec.zstd()),
        null,
        progress);
  }

  /** Closes what is registered when it is told to stop, as a running job does. */
  private static final class Stoppable implements Progress {
    private final List<Closeable> resources = new java.util.concurrent.CopyOnWriteArrayList<>();
    private volatile boolean stopped;

    void stop() {
      stopped = true;
      for (Closeable resource : resources) {
        try {
          resource.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }

    @Override
    public void phase(String name, Long bytesTotal) {}

    @Override
    public void advanced(long plainBytes) {
      if (stopped) {
        throw new JobStopped("cancelled");
      }
    }

    @Override
    public void note(String code, String message) {}

    @Override
    public Registration closeOnStop(Closeable resource) {
      resources.add(resource);
      return () -> resources.remove(resource);
    }
  }
}
