package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.embedded.fault.Direction;
import io.holdfast.embedded.fault.Fault;
import io.holdfast.embedded.fault.FaultProxy;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Whoever carries a segment is killed at each step of the way (fault 3): nothing that the server
 * was told is stored is missing, nothing half is visible, and the archiver goes on.
 */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
class WalPushFaultsTest {
  private static final int KILLS = 8;

  /** The word that curl may send, which comes first, and less than an answer's headers. */
  private static final int BEFORE_THE_ANSWER = 60;

  private Fleet fleet;
  private Source files;
  private Source bucket;

  /** Between curl and the worker. */
  private FaultProxy toWorker;

  /** Between the worker and its bucket. */
  private FaultProxy toStore;

  /** A server that archives, and what has arrived of it. */
  private record Source(PostgresCluster cluster, String name, ArchivedWal wal) {
    PostgresServer primary() {
      return cluster.primary();
    }

    String lastArchived() {
      return primary().queryText("select last_archived_wal from pg_stat_archiver");
    }

    /** The name of the segment that was ended; there is enough in it to be cut in the middle. */
    String writeSegment() {
      primary()
          .execute(
              "insert into filler select string_agg(md5(random()::text || i), '')"
                  + " from generate_series(1, 300000) i");
      return primary().queryText("select pg_walfile_name(pg_switch_wal())");
    }

    /** Ends a segment, and waits until the fault has met it. */
    String writeSegmentInto(FaultProxy proxy, Fault fault) {
      int before = proxy.fired();
      proxy.set(fault);
      String segment = writeSegment();
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> proxy.fired() > before);
      return segment;
    }

    /** The program that the archiver has started. */
    Optional<ProcessHandle> curl() {
      return primary()
          .process()
          .descendants()
          .filter(child -> child.info().command().orElse("").endsWith("/curl"))
          .findFirst();
    }

    void assertGoesOn(String segment) throws Exception {
      Archivers.awaitArchived(primary(), segment);
      String later = writeSegment();
      Archivers.awaitArchived(primary(), later);
      wal.assertHoldsAll(primary(), later);
      assertThat(wal.conflicts()).isEmpty();
      assertThat(wal.events()).doesNotContain("SPLIT_BRAIN", "WAL_MALFORMED");
    }
  }

  @BeforeAll
  void start() throws Exception {
    fleet = Fleet.own(1);
    toWorker = FaultProxy.to("127.0.0.1", fleet.stack().walUrl().getPort());
    toStore = FaultProxy.to("127.0.0.1", fleet.stack().s3().port());
    PostgresCluster one = startCluster();
    String name = fleet.declareArchived(one, fleet.filesystemRepository(), "\"mode\":\"PUSH\"");
    files = begin(new Source(one, name, ArchivedWal.inFiles(fleet, name)));
    PostgresCluster two = startCluster();
    String behindProxy = fleet.s3RepositoryAt("http://" + toStore.endpoint());
    name = fleet.declareArchived(two, behindProxy, "\"mode\":\"PUSH\"");
    bucket = begin(new Source(two, name, ArchivedWal.inStore(fleet, name)));
  }

  private PostgresCluster startCluster() {
    PostgresCluster cluster =
        fleet.startCluster(
            kind -> kind.standbys(0).setting("archive_mode", "on").setting("wal_keep_size", "4GB"));
    cluster.primary().execute("create table filler (t text)");
    return cluster;
  }

  private Source begin(Source source) {
    Archivers.through(toWorker, source.primary());
    Archivers.awaitArchived(source.primary(), source.writeSegment());
    return source;
  }

  @AfterEach
  void mend() {
    toWorker.pass();
    toStore.pass();
    if (!fleet.stack().workerProcess(0).isAlive()) {
      fleet.stack().restartWorker(0);
    }
  }

  @AfterAll
  void stop() {
    for (Source source : List.of(files, bucket)) {
      Archivers.end(source.cluster());
      source.cluster().close();
    }
    toWorker.close();
    toStore.close();
    fleet.close();
  }

  @Test
  void goesOnWhenCurlIsKilledInTheMiddleOfASegment() throws Exception {
    String segment =
        files.writeSegmentInto(toWorker, new Fault.StallAfter(Direction.TO_SERVER, 3_000_000));

    ProcessHandle curl = files.curl().orElseThrow();
    assertThat(curl.destroyForcibly()).isTrue();
    curl.onExit().get(10, TimeUnit.SECONDS);
    assertThat(files.wal().has(segment)).isFalse();
    toWorker.pass();

    files.assertGoesOn(segment);
  }

  @Test
  void goesOnWhenTheWorkerIsKilledWithHalfOfASegment() throws Exception {
    String segment =
        files.writeSegmentInto(toWorker, new Fault.StallAfter(Direction.TO_SERVER, 8_000_000));

    fleet.stack().killWorker(0);
    assertThat(files.wal().has(segment)).isFalse();
    assertThat(files.lastArchived()).isLessThan(segment);
    toWorker.pass();
    fleet.stack().restartWorker(0);

    files.assertGoesOn(segment);
  }

  @Test
  void goesOnWhenTheWorkerIsKilledWhileItStoresASegment() throws Exception {
    String segment =
        bucket.writeSegmentInto(toStore, new Fault.StallAfter(Direction.TO_SERVER, 1_000_000));

    fleet.stack().killWorker(0);
    assertThat(bucket.wal().has(segment)).isFalse();
    assertThat(bucket.lastArchived()).isLessThan(segment);
    toStore.pass();
    fleet.stack().restartWorker(0);

    bucket.assertGoesOn(segment);
  }

  @Test
  void takesASegmentAgainWhenTheWorkerIsKilledBeforeItSaysThatItIsStored() throws Exception {
    takesASegmentAgain(files);
  }

  @Test
  void takesASegmentAgainThatLiesInABucketAlready() throws Exception {
    takesASegmentAgain(bucket);
  }

  private void takesASegmentAgain(Source source) throws Exception {
    String segment =
        source.writeSegmentInto(
            toWorker, new Fault.StallAfter(Direction.TO_CLIENT, BEFORE_THE_ANSWER));

    assertThat(source.wal().has(segment)).isTrue();
    fleet.stack().killWorker(0);
    assertThat(source.lastArchived()).isLessThan(segment);
    toWorker.pass();
    fleet.stack().restartWorker(0);

    source.assertGoesOn(segment);
  }

  @Test
  void losesNothingAtWhateverMomentTheWorkerIsKilled() throws Exception {
    long seed = new Random().nextLong();
    System.err.println("WalPushFaultsTest: seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < KILLS; i++) {
      for (int n = 0; n < 3; n++) {
        bucket.writeSegment();
      }
      LockSupport.parkNanos(random.nextLong(1_500_000_000L));
      fleet.stack().killWorker(0);
      String acknowledged = bucket.lastArchived();
      String stored = bucket.wal().segments().lastKey();
      assertThat(stored).isGreaterThanOrEqualTo(acknowledged);
      bucket.wal().assertHoldsAll(bucket.primary(), stored);
      fleet.stack().restartWorker(0);
    }

    bucket.assertGoesOn(bucket.writeSegment());
    bucket.wal().awaitWhole(1);
  }
}
