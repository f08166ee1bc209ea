package io.holdfast.worker.expire;

import static io.holdfast.worker.expire.Shelf.CLUSTER;
import static io.holdfast.worker.expire.Shelf.SIZE;
import static io.holdfast.worker.expire.Shelf.SYSTEM;
import static io.holdfast.worker.expire.Shelf.lsn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.Doomed;
import io.holdfast.model.job.JobResult.Expired;
import io.holdfast.model.job.JobResult.Kept;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.Sweep;
import io.holdfast.model.job.WalRange;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.StagedObject;
import io.holdfast.worker.repository.filesystem.FilesystemRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpireJobTest {
  private static final Instant NOW = Instant.parse("2026-11-21T03:00:00Z");
  private static final Instant OLD = NOW.minus(Duration.ofDays(30));
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  @TempDir Path root;

  @Test
  void removesWhatItIsToldAndNothingElse() {
    Shelf shelf = shelf("a");
    BackupId first = shelf.backup(1, null, OLD);
    BackupId second = shelf.backup(5, null, OLD);
    shelf.wal(1, 9);

    Expired expired = run("a", expire(List.of(first), 1, 5));

    assertThat(shelf.existing()).containsExactly(second);
    assertThat(shelf.segments()).containsExactly(5L, 6L, 7L, 8L);
    assertThat(expired.backups()).containsExactly(first);
    assertThat(expired.kept()).isEmpty();
    assertThat(expired.wal()).hasSize(1);
    // The manifest, which was read, and three objects of the run; and the segments.
    assertThat(expired.objects()).isEqualTo(3 + 4);
    assertThat(shelf.keys().stream().filter(key -> key.contains(first.value())))
        .containsExactly(new BackupLayout(CLUSTER, first).tombstone());
  }

  @Test
  void carriesOnWhereverItWasKilled() {
    int deaths = 0;
    for (int life = 0; ; life++) {
      String place = "life-" + life;
      Shelf shelf = shelf(place);
      BackupId full = shelf.backup(1, null, OLD);
      BackupId incremental = shelf.backup(2, full, OLD.plusSeconds(60));
      BackupId kept = shelf.backup(5, null, OLD.plusSeconds(120));
      BackupId dead = shelf.unfinished(null, OLD);
      shelf.wal(1, 9);
      JobSpec.Expire spec = expire(List.of(incremental, full), 1, 5);
      AtomicInteger changes = new AtomicInteger(life);
      Consumer<String> mortal =
          key -> {
            if (changes.getAndDecrement() <= 0) {
              throw new Killed();
            }
          };
      boolean killed = false;
      try {
        run(place, spec, mortal, mortal, new TestAttempt());
      } catch (Killed error) {
        killed = true;
        deaths++;
      }
      assertThat(shelf.existing()).as("after %d changes", life).contains(kept);
      assertThat(shelf.segments()).as("after %d changes", life).contains(5L, 6L, 7L, 8L);

      Expired expired = run(place, spec);

      assertThat(shelf.existing()).as("killed after %d changes", life).containsExactly(kept);
      assertThat(shelf.segments()).containsExactly(5L, 6L, 7L, 8L);
      assertThat(expired.backups()).containsExactly(incremental, full);
      assertThat(shelf.keys().stream().filter(key -> !key.contains(kept.value())))
          .containsExactlyInAnyOrder(
              new BackupLayout(CLUSTER, full).tombstone(),
              new BackupLayout(CLUSTER, incremental).tombstone());
      assertThat(shelf.keys()).noneMatch(key -> key.contains(dead.value()));
      if (!killed) {
        break;
      }
    }
    assertThat(deaths).isGreaterThan(15);
  }

  @Test
  void keepsWhatAManifestThatTheControlPlaneDoesNotKnowBuildsOn() {
    Shelf shelf = shelf("a");
    BackupId full = shelf.backup(1, null, OLD);
    BackupId middle = shelf.backup(2, full, OLD.plusSeconds(60));
    BackupId unknown = shelf.backup(3, middle, OLD.plusSeconds(120));

    Expired expired = run("a", expire(List.of(middle, full), 1, 2));

    assertThat(shelf.existing()).containsExactly(full, middle, unknown);
    assertThat(expired.backups()).isEmpty();
    assertThat(expired.kept())
        .containsExactly(
            new Kept(middle, "backup " + unknown + ", which stays, builds on it"),
            new Kept(full, "backup " + unknown + ", which stays, builds on it"));
    assertThat(expired.wal()).isEmpty();
  }

  @Test
  void keepsWhatIsBeingBuiltOnUnlessThatWasLongAgo() {
    Shelf shelf = shelf("a");
    BackupId busy = shelf.backup(1, null, OLD);
    BackupId idle = shelf.backup(2, null, OLD.plusSeconds(60));
    BackupId running = shelf.unfinished(busy, NOW.minus(Duration.ofHours(3)));
    shelf.unfinished(idle, OLD.plusSeconds(90));

    Expired expired = run("a", expire(List.of(idle, busy), 1, 1));

    assertThat(shelf.existing()).containsExactly(busy);
    assertThat(expired.kept())
        .containsExactly(new Kept(busy, "backup " + running + " is being taken and builds on it"));
  }

  @Test
  void putsTheManifestBackWhenSomebodyBeganToBuildOnItMeanwhile() {
    Shelf shelf = shelf("a");
    BackupId full = shelf.backup(1, null, OLD);
    BackupId middle = shelf.backup(2, full, OLD.plusSeconds(60));
    AtomicInteger begun = new AtomicInteger();
    Consumer<String> race =
        key -> {
          // Between the look at the claims and the end of the manifest.
          if (key.endsWith(middle + "/manifest.json") && begun.getAndIncrement() == 0) {
            shelf.unfinished(middle, NOW);
          }
        };

    Expired expired =
        run("a", expire(List.of(middle, full), 1, 1), key -> {}, race, new TestAttempt());

    assertThat(begun).hasPositiveValue();
    assertThat(shelf.existing()).containsExactly(full, middle);
    assertThat(expired.backups()).isEmpty();
    assertThat(shelf.keys()).noneMatch(key -> key.endsWith("expired.json"));
  }

  @Test
  void anEarlierAttemptRemovesNothingMoreOnceALaterOneHasBegun() {
    Shelf shelf = shelf("a");
    BackupId first = shelf.backup(1, null, OLD);
    BackupId second = shelf.backup(2, null, OLD.plusSeconds(60));
    TestAttempt zombie = new TestAttempt();
    Consumer<String> takeover =
        key -> {
          if (key.endsWith(first + "/manifest.json")) {
            try (Repository repository = open("a")) {
              repository.createPassing(
                  BackupLayout.expirations(CLUSTER) + zombie.jobId() + "/0002.json",
                  new byte[] {1});
            }
          }
        };

    assertThatThrownBy(
            () -> run("a", expire(List.of(first, second), 1, 1), key -> {}, takeover, zombie))
        .isInstanceOfSatisfying(
            JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SUPERSEDED));
    assertThat(shelf.existing()).containsExactly(second);
    assertThat(shelf.keys()).anyMatch(key -> key.contains(first + "/") && key.endsWith("tar.zst"));
  }

  @Test
  void keepsWalThatABackupThatStaysNeeds() {
    Shelf shelf = shelf("a");
    BackupId unknown = shelf.backup(3, null, OLD);
    shelf.wal(1, 9);

    Expired expired = run("a", expire(List.of(), 1, 5));

    assertThat(shelf.segments()).hasSize(8);
    assertThat(expired.wal()).isEmpty();
    assertThat(expired.findings())
        .anyMatch(f -> f.sentence().endsWith("backup " + unknown + ", which stays, needs it"));
  }

  @Test
  void sweepsWhatDeadAttemptsLeftAndNothingOfTheLiving() throws IOException {
    Shelf shelf = shelf("a");
    BackupId good = shelf.backup(1, null, OLD);
    BackupId dead = shelf.unfinished(null, OLD);
    BackupId young = shelf.unfinished(null, NOW.minus(Duration.ofDays(1)));
    BackupId slow = shelf.unfinished(null, OLD.plusSeconds(5));
    try (Repository repository = open("a");
        StagedObject deadUpload = repository.stage(upload(shelf, dead), 0);
        StagedObject slowUpload = repository.stage(upload(shelf, slow), 0)) {
      deadUpload.write(new byte[100]);
      slowUpload.write(new byte[100]);

      run(
          "a",
          new JobSpec.Expire(
              CLUSTER,
              spec("a"),
              List.of(),
              List.of(),
              new Sweep(Duration.ofDays(7), List.of(slow)),
              false));

      assertThat(shelf.existing()).containsExactly(good);
      assertThat(shelf.keys()).noneMatch(key -> key.contains(dead.value()));
      assertThat(shelf.keys()).anyMatch(key -> key.contains(young.value()));
      assertThat(shelf.keys()).anyMatch(key -> key.contains(slow.value()));
      try (Stream<Path> files = Files.walk(root.resolve("a"))) {
        assertThat(files.map(Path::toString).filter(file -> file.endsWith(".partial")))
            .hasSize(1)
            .allMatch(file -> file.contains(slow.value()));
      }
    }
  }

  @Test
  void aDryRunChangesNothingAndCountsTheSame() {
    Shelf shelf = shelf("a");
    BackupId first = shelf.backup(1, null, OLD);
    shelf.backup(5, null, OLD.plusSeconds(5));
    shelf.wal(1, 9);
    List<String> before = shelf.keys();
    JobSpec.Expire spec = expire(List.of(first), 1, 5);

    Expired dry =
        run(
            "a",
            new JobSpec.Expire(
                CLUSTER, spec.repository(), spec.backups(), spec.wal(), spec.sweep(), true));

    assertThat(shelf.keys()).isEqualTo(before);
    assertThat(shelf.segments()).hasSize(8);
    assertThat(dry.backups()).containsExactly(first);
    // The manifest too, which a real run has removed before it counts.
    assertThat(dry.objects()).isEqualTo(run("a", spec).objects() + 1);
  }

  @Test
  void whatTheStoreHasLockedStaysWithWhatItBuildsOn() {
    Shelf shelf = shelf("a");
    BackupId full = shelf.backup(1, null, OLD);
    BackupId locked = shelf.backup(2, full, OLD.plusSeconds(60));
    BackupId free = shelf.backup(3, null, OLD.plusSeconds(90));
    Consumer<String> lock =
        key -> {
          if (key.endsWith(locked + "/manifest.json")) {
            throw new JobFailure(ErrorCode.OBJECT_LOCKED, "it is locked until 2030", "Wait.");
          }
        };

    Expired expired =
        run("a", expire(List.of(locked, full, free), 1, 1), key -> {}, lock, new TestAttempt());

    assertThat(shelf.existing()).containsExactly(full, locked);
    assertThat(expired.backups()).containsExactly(free);
    assertThat(expired.kept()).extracting(Kept::backupId).containsExactly(locked, full);
  }

  /** Ends the run wherever it is, as a kill does: nothing catches it. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static String upload(Shelf shelf, BackupId id) {
    String key =
        shelf.keys().stream()
            .filter(one -> one.contains(id.value()) && one.endsWith("tar.zst"))
            .findFirst()
            .orElseThrow();
    return key.replace("base.tar", "16500.tar");
  }

  private Shelf shelf(String place) {
    return new Shelf(open(place));
  }

  private Repository open(String place) {
    return new FilesystemRepository(root.resolve(place));
  }

  private FilesystemRepositorySpec spec(String place) {
    return new FilesystemRepositorySpec("disk", root.resolve(place).toString());
  }

  /** These backups, and segments of timeline 1. */
  private JobSpec.Expire expire(List<BackupId> backups, int from, int to) {
    return new JobSpec.Expire(
        CLUSTER,
        spec("any"),
        backups.stream().map(id -> new Doomed(id, "no tier needs it")).toList(),
        from == to
            ? List.of()
            : List.of(new WalRange(SYSTEM, 1, SIZE.bytes(), lsn(from, 0), lsn(to, 0))),
        new Sweep(Duration.ofDays(7), List.of()),
        false);
  }

  private Expired run(String place, JobSpec.Expire spec) {
    return run(place, spec, key -> {}, key -> {}, new TestAttempt());
  }

  private Expired run(
      String place,
      JobSpec.Expire spec,
      Consumer<String> beforeCreate,
      Consumer<String> beforeDelete,
      TestAttempt attempt) {
    return new ExpireJob(unused -> new Watched(open(place), beforeCreate, beforeDelete), CLOCK)
        .run(spec, attempt);
  }
}
