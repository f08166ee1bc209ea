package io.holdfast.worker.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Command;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a real archiver pushes with curl. */
class PushTest {
  private static ArchiveFixture fixture;
  private static PostgresServer primary;

  @BeforeAll
  static void start() throws IOException {
    Path folder = ArchiveFixture.temporary();
    fixture = new ArchiveFixture(PostgresCluster.in(folder.resolve("cluster")).standbys(0), folder);
    primary = fixture.servers.primary();
    primary.execute("create table filler (t text)");
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void storesEverySegmentAsItWasAndReportsAnArchiveWithoutAHole() {
    Lsn end = writeSegments(4);

    awaitArchived(end);
    ArchiveObservation seen = fixture.observer().observe();
    ArchiveObservation.Timeline timeline = seen.timelines().getLast();
    assertThat(timeline.ranges()).hasSize(1);
    assertThat(timeline.ranges().getFirst().to()).isGreaterThanOrEqualTo(end);
    assertThat(seen.segmentBytes()).isEqualTo(SegmentSize.DEFAULT.bytes());
    assertThat(seen.primary().failing()).isFalse();
    assertThat(seen.primary().settings().archiveMode()).isEqualTo("on");
    long first = SegmentSize.DEFAULT.number(timeline.ranges().getFirst().from());
    for (long n = first; n < first + 4; n++) {
      WalFileName file = WalFileName.segment(1, n, SegmentSize.DEFAULT);
      byte[] stored = fixture.store().get(file).orElseThrow();
      assertThat(stored).hasSize(SegmentSize.DEFAULT.bytes());
    }
  }

  @Test
  void takesTheSameAgainAndPutsOtherContentAside() throws Exception {
    awaitArchived(writeSegments(1));
    WalFileName file = lastArchived();
    byte[] content = fixture.store().get(file).orElseThrow();
    byte[] other = content.clone();
    other[other.length - 1] ^= 1;

    assertThat(push(file, content)).isEqualTo("200");
    assertThat(push(file, other)).isEqualTo("409");
    assertThat(push(file, other)).isEqualTo("409");

    assertThat(fixture.alarms).contains("SPLIT_BRAIN " + file);
    assertThat(fixture.store().get(file).orElseThrow()).isEqualTo(content);
    assertThat(fixture.store().list(fixture.store().layout().folder() + "conflicts/")).hasSize(1);
  }

  @Test
  void doesNotTakeADamagedObjectForASegmentThatComesAgain() throws Exception {
    awaitArchived(writeSegments(1));
    WalFileName file = lastArchived();
    byte[] content = fixture.store().get(file).orElseThrow();
    Path object = fixture.folder.resolve("repository").resolve(fixture.store().layout().key(file));
    byte[] sound = Files.readAllBytes(object);
    byte[] flipped = sound.clone();
    flipped[flipped.length - 100] ^= 1;

    Files.write(object, flipped);
    assertThat(push(file, content)).isEqualTo("422");
    Files.write(object, Arrays.copyOf(sound, sound.length / 2));
    assertThat(push(file, content)).isEqualTo("422");
    Files.write(object, sound);
    assertThat(push(file, content)).isEqualTo("200");
  }

  @Test
  void refusesWhatIsNotWhatItsNameSays() throws Exception {
    awaitArchived(writeSegments(1));
    WalFileName file = lastArchived();
    byte[] content = fixture.store().get(file).orElseThrow();
    WalFileName next =
        WalFileName.segment(1, file.number(SegmentSize.DEFAULT) + 1000, SegmentSize.DEFAULT);
    byte[] foreign = content.clone();
    foreign[24] ^= 1;

    assertThat(push(next, content)).as("another address").isEqualTo("422");
    assertThat(push(file, Arrays.copyOf(content, content.length / 2))).isEqualTo("422");
    assertThat(push(file, new byte[0])).as("empty").isEqualTo("422");
    assertThat(push(next, new byte[content.length])).as("zeros").isEqualTo("422");
    assertThat(push(file, foreign)).as("another system identifier").isEqualTo("409");
    assertThat(put("/wal/orders/passwd", content)).isEqualTo("422");
    assertThat(put("/wal/orders/..%2F" + file, content)).isEqualTo("404");
    assertThat(fixture.store().has(next)).isFalse();
    assertThat(fixture.alarms).contains("FOREIGN_CLUSTER " + file, "WAL_MALFORMED " + next);
  }

  @Test
  void givesBackWhatItHasAndSaysWhenItHasNot() throws Exception {
    awaitArchived(writeSegments(1));
    WalFileName file = lastArchived();
    WalFileName later =
        WalFileName.segment(1, file.number(SegmentSize.DEFAULT) + 1000, SegmentSize.DEFAULT);
    Path target = fixture.folder.resolve("fetched");

    assertThat(get("/wal/orders/" + file, target)).isEqualTo("200");
    assertThat(Files.readAllBytes(target)).isEqualTo(fixture.store().get(file).orElseThrow());
    assertThat(get("/wal/orders/" + later, target)).isEqualTo("404");
    assertThat(get("/wal/invoices/" + file, target)).isEqualTo("401");
  }

  @Test
  void refusesStrangers() throws Exception {
    awaitArchived(writeSegments(1));
    WalFileName file = lastArchived();
    byte[] content = fixture.store().get(file).orElseThrow();
    Path wrong = fixture.folder.resolve("wrong.header");
    Files.writeString(wrong, "Authorization: Bearer another-token-of-thirty-two-chars");

    assertThat(put("/wal/invoices/" + file, content)).isEqualTo("401");
    assertThat(curl("/wal/orders/" + file, content, wrong)).isEqualTo("401");
  }

  @Test
  void refusesAHistoryOfATimelineThatNoNodeIsOn() throws Exception {
    byte[] history =
        "1\t0/3000000\tno recovery target specified\n".getBytes(StandardCharsets.UTF_8);

    assertThat(push(WalFileName.history(7), history)).isEqualTo("409");
    assertThat(push(WalFileName.history(7), "nonsense".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("422");
    assertThat(fixture.store().history(7)).isEmpty();
    assertThat(fixture.alarms).contains("FOREIGN_TIMELINE 00000007.history");
  }

  private static String push(WalFileName file, byte[] content) throws IOException {
    return put("/wal/orders/" + file, content);
  }

  private static String put(String path, byte[] content) throws IOException {
    return curl(path, content, fixture.header());
  }

  private static String curl(String path, byte[] content, Path header) throws IOException {
    Path file = Files.write(fixture.folder.resolve("pushed"), content);
    return Command.of(
            "curl",
            "--silent",
            "--path-as-is",
            "--output",
            "/dev/null",
            "--write-out",
            "%{http_code}",
            "--header",
            "@" + header,
            "--upload-file",
            file.toString(),
            "http://127.0.0.1:" + fixture.listener.port() + path)
        .run(Duration.ofSeconds(30));
  }

  private static String get(String path, Path target) throws IOException {
    return Command.of(
            "curl",
            "--silent",
            "--output",
            target.toString(),
            "--write-out",
            "%{http_code}",
            "--header",
            "@" + fixture.header(),
            "http://127.0.0.1:" + fixture.listener.port() + path)
        .run(Duration.ofSeconds(30));
  }

  /** Where the last of them ends. */
  private static Lsn writeSegments(int count) {
    String end = null;
    for (int i = 0; i < count; i++) {
      primary.execute("insert into filler select repeat('x', 100) from generate_series(1, 1000)");
      end = primary.queryText("select pg_switch_wal()::text");
    }
    return SegmentSize.DEFAULT.start(SegmentSize.DEFAULT.number(Lsn.parse(end)) + 1);
  }

  private static WalFileName lastArchived() {
    return WalFileName.parse(primary.queryText("select last_archived_wal from pg_stat_archiver"))
        .orElseThrow();
  }

  private static void awaitArchived(Lsn end) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                fixture
                    .store()
                    .has(
                        WalFileName.segment(
                            1, SegmentSize.DEFAULT.numberBefore(end), SegmentSize.DEFAULT)));
    await()
        .atMost(Duration.ofSeconds(30))
        // Nothing is noted before the first.
        .ignoreExceptions()
        .until(
            () ->
                lastArchived().number(SegmentSize.DEFAULT)
                    >= SegmentSize.DEFAULT.numberBefore(end));
  }
}
