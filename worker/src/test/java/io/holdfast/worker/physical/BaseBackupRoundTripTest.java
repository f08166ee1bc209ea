package io.holdfast.worker.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdInputStream;
import io.holdfast.embedded.junit.RequiresPostgres;
import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.Codec;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.backup.PhysicalSourceSpec.Checkpoint;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.process.ChildProcess;
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
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Base backups from a real server of every major that is installed: streamed, inspected while
 * passing, restored, started.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("io.holdfast.embedded.postgres.PostgresInstall#all")
class BaseBackupRoundTripTest {
  private static final System.Logger LOG =
      System.getLogger(BaseBackupRoundTripTest.class.getName());
  private static Path folder;
  private static PostgresCluster cluster;

  private final PostgresInstall install;
  private final PgTools tools;

  BaseBackupRoundTripTest(PostgresInstall install) {
    this.install = install;
    this.tools = new PgTools(List.of(install.bin()));
  }

  @BeforeParameterizedClassInvocation
  static void start(PostgresInstall install) throws Exception {
    LOG.log(System.Logger.Level.INFO, "base backups of {0}", install);
    folder = Files.createTempDirectory("holdfast-base-backup");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    cluster = PostgresCluster.in(folder.resolve("cluster")).install(install).standbys(0).start();
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

  @AfterParameterizedClassInvocation
  static void stop() {
    cluster.close();
    Folders.delete(folder);
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

  @Test
  @RequiresPostgres(program = "pg_verifybackup")
  void isAcceptedByPgVerifybackupWhenStandardToolsExtractIt() throws Exception {
    Path plain = Files.createDirectory(folder.resolve("plain"));
    try (BaseBackup backup = begin(CompressionSpec.zstd(), null)) {
      for (Optional<BaseBackup.Archive> next = backup.next();
          next.isPresent();
          next = backup.next()) {
        Long oid = next.get().tablespaceOid();
        InputStream bytes = next.get().source().stream();
        if (next.get().isManifest()) {
          Files.copy(bytes, plain.resolve("backup_manifest"));
        } else {
          untar(bytes, oid == null ? plain : plain.resolve("pg_tblspc").resolve(oid.toString()));
        }
      }
      backup.finish();
    }

    String said =
        ChildProcess.output(
            ChildCommand.of(install.bin().resolve("pg_verifybackup"), plain.toString()),
            1000,
            (exit, complaint) -> new JobFailure(ErrorCode.INTERNAL, exit + complaint, null));

    assertThat(said).contains("backup successfully verified");
  }

  private static void untar(InputStream tar, Path into) throws IOException {
    Files.createDirectories(into);
    try (ChildProcess child =
        ChildProcess.start(ChildCommand.of(Path.of("/usr/bin/tar"), "-x", "-C", into.toString()))) {
      try (OutputStream stdin = child.stdin()) {
        tar.transferTo(stdin);
      }
      child.awaitSuccess(
          (exit, complaint) -> new JobFailure(ErrorCode.INTERNAL, exit + complaint, null));
    }
  }

  @Test
  void carriesWhatTheServerCompressedOrSaysThatTheServerIsTooOld() throws Exception {
    boolean zstd =
        cluster
            .primary()
            .queryText("SELECT count(*) FROM pg_config WHERE setting LIKE '%--with-zstd%'")
            .equals("1");
    // Every server knows gzip.
    Codec codec = zstd ? Codec.ZSTD : Codec.GZIP;
    CompressionSpec atServer = new CompressionSpec(codec, 1, 2, CompressionSpec.Where.SERVER);
    if (install.major() < 15) {
      assertThatThrownBy(() -> begin(atServer, null))
          .isInstanceOfSatisfying(
              JobFailure.class,
              failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_SELECTION));
      return;
    }
    FilesSeen seen = new FilesSeen();
    byte[] manifest = null;
    BaseBackup backup = begin(atServer, null);
    try (backup) {
      for (Optional<BaseBackup.Archive> next = backup.next();
          next.isPresent();
          next = backup.next()) {
        InputStream bytes = next.get().source().stream();
        Long oid = next.get().tablespaceOid();
        if (next.get().isManifest()) {
          manifest = bytes.readAllBytes();
        } else {
          inspected(
                  zstd ? new ZstdInputStream(bytes) : new GZIPInputStream(bytes),
                  oid == null ? TarInspector.ofBase(seen) : TarInspector.ofTablespace(oid, seen))
              .transferTo(nowhere());
          bytes.transferTo(nowhere());
        }
      }
      backup.finish();
    }
    assertThat(BackupManifestCheck.compare(manifest, seen, backup.systemIdentifier(), 1 << 24))
        .isEmpty();
  }

  @Test
  void reportsAManifestOfAnotherSystemAndOneThatIsCut() {
    String body = "{ \"PostgreSQL-Backup-Manifest-Version\": 2, \"System-Identifier\": 7,";
    assertThat(
            BackupManifestCheck.compare(
                body.getBytes(StandardCharsets.UTF_8), new FilesSeen(), "8", 1 << 24))
        .contains("backup_manifest is of system 7 instead of 8")
        .anyMatch(finding -> finding.contains("cannot be read"));
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
        systemIdentifier,
        Progress.silent());
  }

  private List<String> answers(Path data) throws Exception {
    List<String> answers = new ArrayList<>();
    try (ThrowAwayServer server =
            ThrowAwayServer.start(
                tools, install.major(), data, cluster.superuser().username(), Progress.silent());
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
