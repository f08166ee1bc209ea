package io.holdfast.worker.wal.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.filesystem.FilesystemRepository;
import io.holdfast.worker.wal.WalStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveReadsTest {
  private static final long ROOM_FOR_FOUR = 4L << 20;

  @TempDir private Path root;
  private Repository repository;
  private WalStore store;
  private ArchiveReads reads;
  private final MovedClock clock = new MovedClock();

  @BeforeEach
  void open() {
    repository = new FilesystemRepository(root);
    store = new WalStore(repository, WrittenSegment.LAYOUT);
    reads = new ArchiveReads(clock, ROOM_FOR_FOUR);
  }

  @AfterEach
  void close() {
    reads.close();
    repository.close();
  }

  @Test
  void readsWhatFollowsBeforeItIsAskedFor() throws IOException {
    putFrom(3, 7);
    assertThat(got(segment(1, 3))).contains('d');
    awaitRead(4);
    for (long number = 4; number <= 7; number++) {
      Files.delete(object(segment(1, number)));
    }

    assertThat(got(segment(1, 4))).contains('e');
    assertThat(got(segment(1, 5))).contains('f');
  }

  @Test
  void findsWhatCameAfterItHadLookedAhead() throws IOException {
    putFrom(3, 3);
    assertThat(got(segment(1, 3))).contains('d');
    awaitRead(4);
    assertThat(got(segment(1, 4))).isEmpty();
    assertThat(got(segment(1, 5))).isEmpty();

    putFrom(4, 5);
    assertThat(got(segment(1, 4))).contains('e');
    assertThat(got(segment(1, 5))).contains('f');
  }

  @Test
  void givesEachTimelineItsOwnWhereOneIsLeft() throws IOException {
    putFrom(3, 5);
    put(segment(2, 4), 'x');
    put(segment(2, 5), 'y');
    assertThat(got(segment(2, 3))).isEmpty();
    assertThat(got(segment(1, 3))).contains('d');

    assertThat(got(segment(2, 4))).contains('x');
    assertThat(got(segment(1, 4))).contains('e');
    assertThat(got(segment(2, 5))).contains('y');
    assertThat(got(segment(2, 6))).isEmpty();
  }

  @Test
  void refusesWhatIsDamagedAsOftenAsItIsAskedForAndGivesItWhenItIsMended() throws IOException {
    putFrom(3, 4);
    byte[] whole = Files.readAllBytes(object(segment(1, 4)));
    byte[] flipped = whole.clone();
    flipped[flipped.length / 2] ^= 1;
    Files.write(object(segment(1, 4)), flipped);
    assertThat(got(segment(1, 3))).contains('d');
    awaitRead(4);

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> got(segment(1, 4)))
          .isInstanceOfSatisfying(
              JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WAL_DAMAGED));
    }
    Files.write(object(segment(1, 4)), whole);
    assertThat(got(segment(1, 4))).contains('e');
  }

  @Test
  void holdsNoMoreForManyServersThanForOne() throws IOException {
    putFrom(3, 200);
    assertThat(got(segment(1, 3))).isPresent();
    assertThat(reads.held()).isEqualTo(4);
    for (long number = 40; number <= 180; number += 20) {
      assertThat(got(segment(1, number))).isPresent();
      assertThat(reads.held()).isLessThanOrEqualTo(4);
    }
    assertThat(got(segment(1, 4))).as("the first still reads ahead").contains('e');
    assertThat(reads.held()).isEqualTo(4);
  }

  @Test
  void letsGoOfWhatAServerThatAsksNoMoreHasLeft() throws IOException {
    putFrom(3, 7);
    assertThat(got(segment(1, 3))).isPresent();
    reads.forget();
    assertThat(reads.held()).isEqualTo(4);

    clock.now = clock.now.plus(Duration.ofSeconds(31));
    reads.forget();
    assertThat(reads.held()).isZero();
    assertThat(got(segment(1, 4))).contains('e');
  }

  private Optional<Character> got(WalFileName file) {
    return reads.get(store, file).map(content -> (char) content[1000]);
  }

  private void awaitRead(int files) {
    await().untilAsserted(() -> assertThat(reads.ready()).isEqualTo(files));
  }

  /** Segments with a letter each, 'd' in number 3. */
  private void putFrom(long first, long last) throws IOException {
    for (long number = first; number <= last; number++) {
      put(segment(1, number), (char) ('a' + number % 26));
    }
  }

  private void put(WalFileName file, char filling) throws IOException {
    WalStore.Stored stored = store.put(file, WrittenSegment.whole(file, filling));
    assertThat(stored.outcome()).isEqualTo(WalStore.Outcome.STORED);
  }

  private Path object(WalFileName file) {
    return root.resolve(WrittenSegment.LAYOUT.key(file));
  }

  private static WalFileName segment(int timeline, long number) {
    return WalFileName.segment(timeline, number, WrittenSegment.SIZE);
  }

  private static final class MovedClock extends Clock {
    private volatile Instant now = Instant.parse("2026-01-31T04:05:06Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
