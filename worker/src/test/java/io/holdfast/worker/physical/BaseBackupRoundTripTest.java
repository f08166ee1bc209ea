package io.holdfast.worker.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.backup.PhysicalSourceSpec.Checkpoint;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.server.ThrowAwayServer;
import io.holdfast.worker.source.physical.BaseBackup;
import io.holdfast.worker.source.physical.BaseBackupOptions;
import io.holdfast.worker.tar.BackupManifestCheck;
import io.holdfast.worker.tar.FilesSeen;
import io.holdfast.worker.tar.TarInspector;
import io.holdfast.worker.target.physical.DirectoryRestore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Base backups from a real server: streamed, inspected while passing, restored, started. */
@TestInstance(Lifecycle.PER_CLASS)
class BaseBackupRoundTripTest {
  private static final PgTools TOOLS = new PgTools(List.of(Path.of("/usr/lib/postgresql")));
  private Path folder;
  private PostgresCluster cluster;

  @BeforeAll
  void start() throws Exception {
    folder = Files.createTempDirectory("holdfast-base-backup");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    cluster = PostgresCluster.in(folder.resolve("cluster")).standbys(0).start();
    Path tablespace = Files.createDirectory(folder.resolve("side space"));
    Files.setOwner(tablespace, Files.getOwner(cluster.primary().data()));
    cluster
        .primary()
        .execute(
            "CREATE TABLESPACE side LOCATION '" + tablespace + "'",
            "CREATE TABLE here AS SELECT i, md5(i::text) FROM generate_series(1, 50000) i",
            "CREATE TABLE there (i int) TABLESPACE side",
            "INSERT INTO there SELECT generate_series(1, 5000)");
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @Test
  void comesBackEqualThroughARestore() throws Exception {
    Path target = folder.resolve("copy");
    Path space = folder.resolve("copy-space");
    FilesSeen seen = new FilesSeen();
    byte[] manifest = null;
    String location;
    BaseBackup backup = begin(CompressionSpec.zstd(), null);
    try (backup) {
      assertThat(backup.tablespaces()).hasSize(1);
      location = backup.tablespaces().getFirst().location();
      try (DirectoryRestore restore =
          DirectoryRestore.check(
              target,
              backup.tablespaces(),
              Map.of(location, space.toString()),
              path -> path.startsWith(folder),
              "r1")) {
        restore.stage();
        for (Optional<BaseBackup.Archive> next = backup.next();
            next.isPresent();
            next = backup.next()) {
          BaseBackup.Archive archive = next.get();
          if (archive.isManifest()) {
            manifest = archive.source().stream().readAllBytes();
          } else if (archive.tablespaceOid() == null) {
            restore.extractBase(inspected(archive.source().stream(), TarInspector.ofBase(seen)));
          } else {
            restore.extractTablespace(
                archive.tablespaceOid(),
                inspected(
                    archive.source().stream(),
                    TarInspector.ofTablespace(archive.tablespaceOid(), seen)));
          }
          archive.source().complete();
        }
        Lsn stop = backup.finish();
        assertThat(stop).isGreaterThan(backup.startLsn());
        assertThat(BackupManifestCheck.compare(manifest, seen, backup.systemIdentifier(), 1 << 24))
            .isEmpty();
        assertThat(target).doesNotExist();
        restore.publish(Map.of());
      }
    }
    try (Stream<Path> hidden = Files.list(folder)) {
      assertThat(hidden.filter(path -> path.getFileName().toString().startsWith("."))).isEmpty();
    }
    assertThat(answers(target)).containsExactly("50000", "5000", "off");
  }

  @Test
  void findsAFileThatIsNotWhatTheManifestLists() throws Exception {
    FilesSeen seen = new FilesSeen();
    byte[] manifest = null;
    BaseBackup backup = begin(CompressionSpec.zstd(), null);
    try (backup) {
      for (Optional<BaseBackup.Archive> next = backup.next();
          next.isPresent();
          next = backup.next()) {
        InputStream bytes = next.get().source().stream();
        if (next.get().isManifest()) {
          manifest = bytes.readAllBytes();
        } else if (next.get().tablespaceOid() == null) {
          inspected(flipped(bytes, 3_000_000), TarInspector.ofBase(seen)).transferTo(nowhere());
        } else {
          inspected(bytes, TarInspector.ofTablespace(next.get().tablespaceOid(), seen))
              .transferTo(nowhere());
        }
      }
      backup.finish();
    }
    assertThat(BackupManifestCheck.compare(manifest, seen, backup.systemIdentifier(), 1 << 24))
        .singleElement()
        .asString()
        .contains("does not have the checksum");
  }

  @Test
  void refusesANodeOfAnotherSystem() {
    assertThatThrownBy(() -> begin(CompressionSpec.zstd(), "42"))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CLUSTER_CHANGED));
  }

  @Test
  void leavesNoSlotAndNoSenderWhenItIsClosedHalfway() throws Exception {
    BaseBackup backup = begin(CompressionSpec.zstd(), null);
    backup.next().orElseThrow().source().stream().readNBytes(100_000);
    backup.close();

    org.awaitility.Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(
                        cluster
                            .primary()
                            .queryText(
                                "SELECT (SELECT count(*) FROM pg_replication_slots WHERE temporary) +"
                                    + " (SELECT count(*) FROM pg_stat_replication WHERE"
                                    + " application_name = 'holdfast')"))
                    .isEqualTo("0"));
  }

  private BaseBackup begin(CompressionSpec compression, String systemIdentifier) {
    Login login = cluster.backupLogin();
    PostgresServer primary = cluster.primary();
    return BaseBackup.begin(
        new Server(
            "primary",
            primary.host(),
            primary.port(),
            "prefer",
            new io.holdfast.worker.secret.Login(login.username(), login.password())),
        new BaseBackupOptions("a 'test'", Checkpoint.FAST, compression),
        systemIdentifier);
  }

  private List<String> answers(Path data) throws Exception {
    List<String> answers = new ArrayList<>();
    try (ThrowAwayServer server =
            ThrowAwayServer.start(
                TOOLS,
                cluster.primary().install().major(),
                data,
                cluster.superuser().username(),
                Progress.silent());
        Connection connection = server.connect("postgres")) {
      for (String sql :
          List.of("SELECT count(*) FROM here", "SELECT count(*) FROM there", "SHOW archive_mode")) {
        try (ResultSet row = connection.createStatement().executeQuery(sql)) {
          row.next();
          answers.add(row.getString(1));
        }
      }
    }
    return answers;
  }

  private static java.io.OutputStream nowhere() {
    return java.io.OutputStream.nullOutputStream();
  }

  private static InputStream flipped(InputStream in, long at) {
    return new java.io.FilterInputStream(in) {
      private long read;

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        int n = super.read(buffer, offset, length);
        if (n > 0 && read <= at && at < read + n) {
          buffer[offset + (int) (at - read)] ^= 1;
        }
        read += Math.max(n, 0);
        return n;
      }
    };
  }

  private static InputStream inspected(InputStream in, TarInspector inspector) {
    return new java.io.FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        int n = super.read(buffer, offset, length);
        if (n > 0) {
          inspector.bytes(buffer, offset, n);
        }
        return n;
      }

      @Override
      public long skip(long bytes) throws IOException {
        return readNBytes((int) Math.min(bytes, 1 << 16)).length;
      }
    };
  }
}
