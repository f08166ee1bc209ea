package io.holdfast.worker.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.ArchiveObservation.Range;
import io.holdfast.model.wal.ArchiveSpec;
import io.holdfast.model.wal.ArchiveSpec.Mode;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.wal.stream.Streams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WAL through a slot, from real servers. */
class StreamTest {
  private ArchiveFixture fixture;
  private Streams first;
  private Streams second;

  @BeforeEach
  void start() throws IOException {
    Path folder = ArchiveFixture.temporary();
    fixture =
        new ArchiveFixture(
            PostgresCluster.in(folder.resolve("cluster"))
                .standbys(1)
                .setting("max_slot_wal_keep_size", "1GB")
                .setting("hot_standby_feedback", "on"),
            folder);
    fixture.servers.nodes().forEach(node -> fixture.pushNothing(node));
    fixture.declare(new ArchiveSpec(Mode.STREAM, 0, null, Duration.ofSeconds(1), false));
    fixture.servers.primary().execute("create table filler (t text)");
    first = fixture.streams();
    second = fixture.streams();
  }

  @AfterEach
  void stop() {
    first.close();
    second.close();
    fixture.close();
  }

  @Test
  void goesOnWithoutAGapWhenAnotherWorkerTakesOver() {
    PostgresServer primary = fixture.servers.primary();
    first.adjust();
    awaitStored(write(primary, 3));
    second.adjust();
    write(primary, 2);
    assertThat(readers(primary)).isEqualTo("1");

    first.close();
    Lsn end = write(primary, 3);

    awaitStored(end);
    assertThat(observe().timelines().getLast().ranges()).hasSize(1);
    assertThat(readers(primary)).isEqualTo("1");
    ArchiveObservation.Slot slot = observe().slot();
    assertThat(slot.active()).isTrue();
    assertThat(slot.walStatus()).isEqualTo("reserved");
    assertThat(slot.budgetBytes()).isEqualTo(1L << 30);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> observe().slot().retainedBytes() < 2L * SegmentSize.DEFAULT.bytes());
  }

  @Test
  void letsTheServerShutDownInTheMiddleOfASegmentAndGoesOnWhenItIsBack() {
    PostgresServer primary = fixture.servers.primary();
    first.adjust();
    awaitStored(write(primary, 1));
    primary.execute("insert into filler values ('the last words')");

    Instant asked = Instant.now();
    primary.stop();
    assertThat(asked).isCloseTo(Instant.now(), within(20, ChronoUnit.SECONDS));
    primary.start();
    Lsn end = write(primary, 1);

    awaitStored(end);
    assertThat(observe().timelines().getLast().ranges()).hasSize(1);
    assertThat(observe().slot().walStatus()).isEqualTo("reserved");
  }

  @Test
  void followsAFailoverWithoutAGap() {
    PostgresServer primary = fixture.servers.primary();
    PostgresServer standby = fixture.servers.standby(0);
    first.adjust();
    awaitStored(write(primary, 2));
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> standby.queryText("select count(*) from pg_replication_slots").equals("1"));
    write(primary, 1);
    fixture.servers.awaitAllCaughtUp();
    primary.stopImmediately();
    standby.promote();

    Lsn end = write(standby, 2);

    awaitStored(end);
    ArchiveObservation seen = observe();
    assertThat(seen.timelines()).hasSize(2);
    TimelineHistory history = seen.timelines().get(1).history();
    Lsn left = history.ancestors().getFirst().switchedAt();
    Range before = seen.timelines().get(0).ranges().getLast();
    Range after = seen.timelines().get(1).ranges().getFirst();
    assertThat(after.from()).isEqualTo(SegmentSize.DEFAULT.start(SegmentSize.DEFAULT.number(left)));
    assertThat(before.to()).isEqualTo(after.from());
  }

  @Test
  void fetchesTheRestOfTheOldTimelineFirstWhenItWasBehindAtAFailover() {
    PostgresServer primary = fixture.servers.primary();
    PostgresServer standby = fixture.servers.standby(0);
    standby.execute("select pg_create_physical_replication_slot('holdfast_orders', true)");
    first.adjust();
    awaitStored(write(primary, 2));
    first.close();
    write(primary, 2);
    fixture.servers.awaitAllCaughtUp();
    primary.stopImmediately();
    standby.promote();
    Lsn end = write(standby, 2);

    second.adjust();

    awaitStored(end);
    ArchiveObservation seen = observe();
    assertThat(seen.timelines()).hasSize(2);
    assertThat(seen.timelines()).allSatisfy(one -> assertThat(one.ranges()).hasSize(1));
    assertThat(seen.timelines().get(0).ranges().getLast().to())
        .isEqualTo(seen.timelines().get(1).ranges().getFirst().from());
  }

  @Test
  void goesOnBehindAGapWhenTheServerHasRemovedWhatIsDue() {
    PostgresServer primary = fixture.servers.primary();
    first.adjust();
    Lsn before = write(primary, 2);
    awaitStored(before);
    first.close();
    loseWal(primary, before);

    second.adjust();
    Lsn end = write(primary, 1);

    awaitStored(end);
    ArchiveObservation.Timeline only = observe().timelines().getLast();
    assertThat(only.ranges()).hasSize(2);
    assertThat(only.ranges().getFirst().to()).isEqualTo(before);
    assertThat(only.ranges().getLast().from()).isGreaterThan(before);
  }

  @Test
  void asksAPromotedServerForWhatTheOldOneHasLostBeforeThereIsAGap() {
    PostgresServer primary = fixture.servers.primary();
    PostgresServer standby = fixture.servers.standby(0);
    standby.set(Map.of("wal_keep_size", "1GB"));
    standby.execute("select pg_reload_conf()");
    first.adjust();
    Lsn before = write(primary, 2);
    awaitStored(before);
    first.close();
    loseWal(primary, before);
    fixture.servers.awaitAllCaughtUp();
    // A slot that is made on it reaches less far back than its WAL.
    standby.execute(
        "select pg_drop_replication_slot(slot_name) from pg_replication_slots", "checkpoint");

    second.adjust();
    await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> primary.log().contains("has already been removed"));
    // Before the same question is asked again.
    primary.stopImmediately();
    standby.promote();
    Lsn end = write(standby, 2);

    awaitStored(end);
    ArchiveObservation seen = observe();
    assertThat(seen.timelines()).hasSize(2);
    assertThat(seen.timelines()).allSatisfy(one -> assertThat(one.ranges()).hasSize(1));
    assertThat(seen.timelines().get(0).ranges().getLast().to())
        .isEqualTo(seen.timelines().get(1).ranges().getFirst().from());
  }

  @Test
  void storesTheUnfinishedSegmentTooAndRemovesItWhenItIsWhole() {
    PostgresServer primary = fixture.servers.primary();
    first.adjust();
    awaitStored(write(primary, 1));
    primary.execute("insert into filler values ('the last words')");

    await().atMost(Duration.ofSeconds(20)).until(() -> growing().count() == 1);

    awaitStored(write(primary, 1));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> growing().noneMatch(part -> fixture.store().has(part.segment())));
  }

  @Test
  void refusesASlotThatCouldFillTheDiskOfTheServer() {
    PostgresServer primary = fixture.servers.primary();
    primary.set(Map.of("max_slot_wal_keep_size", "-1"));
    primary.execute("select pg_reload_conf()");

    first.adjust();

    await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(3))
        .until(
            () ->
                primary
                    .queryText(
                        "select count(*) from pg_replication_slots where slot_name"
                            + " like 'holdfast_orders%'")
                    .equals("0"));
  }

  private Stream<WalLayout.Growing> growing() {
    return fixture.store().list(fixture.store().layout().folder()).stream()
        .flatMap(object -> WalLayout.growing(object.key()).stream());
  }

  private static String readers(PostgresServer primary) {
    return primary.queryText(
        "select count(*) from pg_replication_slots where slot_name = 'holdfast_orders' and active");
  }

  private ArchiveObservation observe() {
    return fixture.observer().observe();
  }

  /** Where the last of them ends. */
  private static Lsn write(PostgresServer server, int segments) {
    String end = null;
    for (int i = 0; i < segments; i++) {
      server.execute("insert into filler select repeat('x', 100) from generate_series(1, 1000)");
      end = server.queryText("select pg_switch_wal()::text");
    }
    return SegmentSize.DEFAULT.start(SegmentSize.DEFAULT.number(Lsn.parse(end)) + 1);
  }

  /** Has a server give up the slot, and write on until it has removed the WAL from a place on. */
  private static void loseWal(PostgresServer server, Lsn from) {
    await().atMost(Duration.ofSeconds(20)).until(() -> readers(server).equals("0"));
    server.execute("select pg_drop_replication_slot('holdfast_orders')");
    String segment =
        WalFileName.segment(1, SegmentSize.DEFAULT.number(from), SegmentSize.DEFAULT).toString();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              write(server, 1);
              server.execute("checkpoint");
              return Files.notExists(server.data().resolve("pg_wal").resolve(segment));
            });
  }

  private void awaitStored(Lsn end) {
    await()
        .atMost(Duration.ofSeconds(40))
        .until(
            () -> {
              ArchiveObservation seen = observe();
              return !seen.timelines().isEmpty()
                  && !seen.timelines().getLast().ranges().isEmpty()
                  && seen.timelines().getLast().ranges().getLast().to().compareTo(end) >= 0;
            });
  }
}
