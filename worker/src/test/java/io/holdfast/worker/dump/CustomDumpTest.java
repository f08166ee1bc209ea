package io.holdfast.worker.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against what a real pg_dump writes. */
class CustomDumpTest {
  private static byte[] dump;

  @BeforeAll
  static void takeOne() throws Exception {
    try (PostgresCluster cluster =
        PostgresCluster.in(Folders.temporary("custom-dump")).standbys(0).start()) {
      PostgresServer server = cluster.primary();
      server.execute(
          "CREATE TABLE t AS SELECT i, md5(i::text) AS m FROM generate_series(1, 3000) i",
          "CREATE TABLE empty (i int)",
          "CREATE MATERIALIZED VIEW v AS SELECT count(*) FROM t",
          "SELECT lo_from_bytea(2147483648, repeat('x', 50000)::bytea)",
          "SELECT lo_from_bytea(4294967290, 'small')");
      dump = pgDump(server);
    }
  }

  private static byte[] pgDump(PostgresServer server) throws Exception {
    ProcessBuilder command =
        new ProcessBuilder(
            server.install().program("pg_dump").toString(), "-Fc", "--compress=0", "postgres");
    command.environment().put("PGHOST", server.host());
    command.environment().put("PGPORT", Integer.toString(server.port()));
    command.environment().put("PGUSER", server.superuser().username());
    command.environment().put("PGPASSWORD", server.superuser().password());
    Process process = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    byte[] said = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
    return said;
  }

  @Test
  void readsAWholeDumpToItsEnd() throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(dump);
    assertThat(CustomDump.check(in).entries())
        .extracting(TocEntry::type)
        .contains("TABLE DATA", "BLOBS", "MATERIALIZED VIEW");
    assertThat(in.available()).isZero();
  }

  @Test
  void findsACutAtWhateverByte() {
    Random random = new Random(11);
    for (int i = 0; i < 500; i++) {
      assertDamaged(Arrays.copyOf(dump, random.nextInt(dump.length)));
    }
    assertDamaged(Arrays.copyOf(dump, dump.length - 1));
  }

  @Test
  void findsBytesBehindItsEnd() {
    assertDamaged(Arrays.copyOf(dump, dump.length + 1));
  }

  @Test
  void passesOnAFailureOfTheStream() {
    IOException broken = new IOException("broken");
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw broken;
          }
        };
    assertThatThrownBy(() -> CustomDump.check(failing)).isSameAs(broken);
  }

  private static void assertDamaged(byte[] bytes) {
    assertThatThrownBy(() -> CustomDump.check(new ByteArrayInputStream(bytes)))
        .isInstanceOfSatisfying(
            JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ARTIFACT_DAMAGED));
  }
}
