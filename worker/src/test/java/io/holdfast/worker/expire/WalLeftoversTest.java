package io.holdfast.worker.expire;

import static io.holdfast.worker.expire.Shelf.CLUSTER;
import static io.holdfast.worker.expire.Shelf.SIZE;
import static io.holdfast.worker.expire.Shelf.SYSTEM;
import static io.holdfast.worker.expire.Shelf.lsn;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.FormerSystem;
import io.holdfast.model.job.JobResult.Expired;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.Sweep;
import io.holdfast.model.job.WalRange;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.repository.StagedObject;
import io.holdfast.worker.repository.filesystem.FilesystemRepository;
import io.holdfast.worker.wal.WalLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WAL of which nothing is needed and that no range of a plan names. */
class WalLeftoversTest {
  private static final Instant NOW = Instant.parse("2026-11-21T03:00:00Z");
  private static final WalLayout PRESENT = new WalLayout(CLUSTER, SYSTEM);
  private static final WalLayout FORMER = new WalLayout(CLUSTER, "6");
  private static final String SHA = "ab".repeat(32);
  private static final List<FormerSystem> REBUILT =
      List.of(new FormerSystem("6", "no base backup of it stays"));

  @TempDir Path root;
  private Repository repository;
  private Shelf shelf;

  @BeforeEach
  void open() {
    repository = new FilesystemRepository(root);
    shelf = new Shelf(repository);
  }

  @Test
  void removesAllWalOfAnEarlierSystemAndNoneOfThePresentOne() {
    shelf.wal(1, 4);
    former();
    List<String> before = keys();

    Expired dry = run(List.of(), REBUILT, List.of(), true, key -> {});
    assertThat(keys()).isEqualTo(before);
    Expired expired = run(List.of(), REBUILT, List.of(), false, key -> {});

    assertThat(expired.former()).containsExactly("6");
    assertThat(dry.former()).containsExactly("6");
    assertThat(dry.objects()).isEqualTo(expired.objects()).isEqualTo(5);
    assertThat(dry.findings())
        .extracting(Finding::sentence)
        .contains("5 files would be removed of system 6: no base backup of it stays");
    assertThat(keys()).isNotEmpty().allMatch(key -> key.startsWith(PRESENT.folder()));
  }

  @Test
  void keepsTheWalOfAnEarlierSystemOfWhichTheRepositoryHasABackup() {
    BackupId unknown = shelf.backup(1, null, NOW.minus(Duration.ofDays(90)));
    shelf.wal(1, 4);
    List<String> before = keys();

    Expired expired =
        run(
            List.of(),
            List.of(new FormerSystem(SYSTEM, "the catalog knows of none")),
            List.of(),
            false,
            key -> {});

    assertThat(keys()).isEqualTo(before);
    assertThat(expired.former()).isEmpty();
    assertThat(expired.findings())
        .extracting(Finding::sentence)
        .contains("WAL of system 7 stays: backup " + unknown + ", which stays, is of it");
  }

  @Test
  void anEarlierSystemThatTheStoreHasLockedIsNotCalledGoneAndKeepsItsKeys() {
    former();
    Consumer<String> lock =
        key -> {
          if (key.endsWith("000000010000000000000002.zst")) {
            throw new JobFailure(ErrorCode.OBJECT_LOCKED, "it is locked until 2030", "Wait.");
          }
        };

    Expired expired = run(List.of(), REBUILT, List.of(), false, lock);

    assertThat(expired.former()).isEmpty();
    assertThat(keys())
        .anyMatch(key -> key.endsWith("2.zst"))
        .anyMatch(key -> key.contains("/keys/"));
  }

  @Test
  void whatWasPutAsideGoesWithTheSegmentsWhoseNamesItHas() {
    shelf.wal(1, 9);
    put(PRESENT.conflict(segment(2), SHA));
    put(PRESENT.conflict(segment(5), SHA));

    Expired expired = run(List.of(range(1, 5)), List.of(), List.of(), false, key -> {});

    assertThat(expired.objects()).isEqualTo(4 + 1);
    assertThat(keys())
        .contains(PRESENT.conflict(segment(5), SHA))
        .doesNotContain(PRESENT.conflict(segment(2), SHA));
  }

  @Test
  void sweepsWhatNobodyNeedsAnyMoreAndTouchesNothingThatIsStillWritten() throws IOException {
    shelf.wal(5, 9);
    put(PRESENT.conflict(segment(2), SHA));
    put(PRESENT.conflict(segment(7), SHA));
    put(PRESENT.growing(segment(3), 0x1000));
    put(PRESENT.growing(segment(8), 0x1000));
    put(PRESENT.growing(segment(9), 0x1000));
    try (StagedObject dead = repository.stage(PRESENT.key(segment(4)), 0);
        StagedObject living = repository.stage(PRESENT.key(segment(10)), 0)) {
      dead.write(new byte[10]);
      living.write(new byte[10]);

      Expired dry = run(List.of(), List.of(), List.of(range(0, 5)), true, key -> {});
      Expired expired = run(List.of(), List.of(), List.of(range(0, 5)), false, key -> {});

      assertThat(expired.objects()).isEqualTo(3);
      assertThat(dry.objects()).isEqualTo(3);
      assertThat(dry.findings())
          .extracting(Finding::sentence)
          .contains(
              "3 files would be removed that were put aside or never finished, where nothing is"
                  + " needed any more");
      assertThat(shelf.segments()).containsExactly(5L, 6L, 7L, 8L);
      assertThat(keys())
          .contains(PRESENT.conflict(segment(7), SHA), PRESENT.growing(segment(9), 0x1000))
          .doesNotContain(
              PRESENT.conflict(segment(2), SHA),
              PRESENT.growing(segment(3), 0x1000),
              // It lies there whole.
              PRESENT.growing(segment(8), 0x1000));
      try (Stream<Path> files = Files.walk(root)) {
        assertThat(files.map(Path::toString).filter(file -> file.endsWith(".partial")))
            .hasSize(1)
            .allMatch(file -> file.contains("00000001000000000000000A"));
      }
    }
  }

  private void former() {
    put(FORMER.key(segment(1)));
    put(FORMER.key(segment(2)));
    put(FORMER.conflict(segment(2), SHA));
    put(FORMER.key(WalFileName.history(2)));
    put(FORMER.folder() + "keys/01a1fc90-9e4c-706d-a22a-50bc7364c0ea/0001-ab.json");
  }

  private void put(String key) {
    assertThat(repository.createIfAbsent(key, new byte[] {1, 2, 3})).isTrue();
  }

  private static WalFileName segment(int number) {
    return WalFileName.segment(1, number, SIZE);
  }

  private static WalRange range(int from, int to) {
    return new WalRange(SYSTEM, 1, SIZE.bytes(), lsn(from, 0), lsn(to, 0));
  }

  private List<String> keys() {
    return repository.list(WalLayout.all(CLUSTER)).stream().map(ObjectStat::key).toList();
  }

  private Expired run(
      List<WalRange> wal,
      List<FormerSystem> former,
      List<WalRange> unneeded,
      boolean dryRun,
      Consumer<String> beforeDelete) {
    return new ExpireJob(
            unused -> new Watched(new FilesystemRepository(root), key -> {}, beforeDelete),
            Clock.fixed(NOW, ZoneOffset.UTC))
        .run(
            new JobSpec.Expire(
                CLUSTER,
                new FilesystemRepositorySpec("disk", root.toString()),
                List.of(),
                wal,
                new Sweep(Duration.ofDays(7), List.of(), unneeded),
                dryRun,
                former),
            new TestAttempt());
  }
}
