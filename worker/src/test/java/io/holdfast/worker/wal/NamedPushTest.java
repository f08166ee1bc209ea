package io.holdfast.worker.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Command;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An archiver that only names its files; the worker reads them in the server's directory. */
class NamedPushTest {
  private static final int SEGMENTS = 6;

  private static ArchiveFixture fixture;
  private static PostgresServer primary;
  private static final Gate gate = new Gate();

  @BeforeAll
  static void start() throws IOException {
    Path folder = ArchiveFixture.temporary();
    fixture =
        new ArchiveFixture(
            PostgresCluster.in(folder.resolve("cluster")).standbys(0), folder, gate::before);
    primary = fixture.servers.primary();
    primary.execute("create table filler (t text)");
    fixture.pushByName(primary);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void storesAheadOfTheArchiverAndTellsItOnlyWhatIsStored() throws Exception {
    gate.close();
    List<WalFileName> written = writeSegments();

    await().atMost(Duration.ofSeconds(30)).until(() -> gate.waiting() >= 2);
    assertThat(written)
        .allSatisfy(
            file -> {
              assertThat(status(file + ".ready")).exists();
              assertThat(fixture.store().has(file)).isFalse();
            });

    gate.open();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(written).allSatisfy(file -> assertThat(done(file)).isTrue()));
    for (WalFileName file : written) {
      assertThat(fixture.store().get(file).orElseThrow()).hasSize(SegmentSize.DEFAULT.bytes());
    }
  }

  @Test
  void refusesAServerThatRunsInAnotherDirectory() throws Exception {
    WalFileName file = writeSegments().getLast();
    await().atMost(Duration.ofSeconds(60)).until(() -> done(file));
    Path copy = Files.createDirectories(fixture.folder.resolve("copy"));

    assertThat(name(file, copy.toString())).isEqualTo("409");
    assertThat(name(file, "relative")).isEqualTo("409");
    assertThat(name(file, primary.data().toString())).isEqualTo("200");
    assertThat(fixture.alarms).contains("FOREIGN_CLUSTER " + file);
  }

  @Test
  void saysWhenAFileIsNotThere() throws Exception {
    WalFileName missing = WalFileName.segment(1, 4_000, SegmentSize.DEFAULT);

    assertThat(name(missing, primary.data().toString())).isEqualTo("503");
    assertThat(fixture.store().has(missing)).isFalse();
  }

  private static String name(WalFileName file, String directory) throws IOException {
    return Command.of(
            "curl",
            "--silent",
            "--output",
            "/dev/null",
            "--write-out",
            "%{http_code}",
            "--header",
            "@" + fixture.header(),
            "--data-raw",
            directory,
            "http://127.0.0.1:" + fixture.listener.port() + "/wal/orders/" + file)
        .run(Duration.ofSeconds(30));
  }

  private static List<WalFileName> writeSegments() {
    return IntStream.range(0, SEGMENTS)
        .mapToObj(
            i -> {
              primary.execute(
                  "insert into filler select repeat('x', 100) from generate_series(1, 1000)");
              return WalFileName.parse(primary.queryText("select pg_walfile_name(pg_switch_wal())"))
                  .orElseThrow();
            })
        .toList();
  }

  private static boolean done(WalFileName file) {
    return Files.exists(status(file + ".done")) || !Files.exists(status(file + ".ready"));
  }

  private static Path status(String name) {
    return primary.data().resolve("pg_wal/archive_status").resolve(name);
  }
}
