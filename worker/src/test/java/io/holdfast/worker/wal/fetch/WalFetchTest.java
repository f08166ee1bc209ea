package io.holdfast.worker.wal.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.model.wal.TimelineHistory.Ancestor;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.process.ChildProcess;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.filesystem.FilesystemRepository;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalFetchTest {
  private static final SegmentSize SIZE = WrittenSegment.SIZE;
  private static final WalLayout LAYOUT = WrittenSegment.LAYOUT;
  private static final WalFetch.Settings BRISK =
      new WalFetch.Settings(4L << 20, Duration.ofMillis(300), Duration.ofMillis(20));

  @TempDir private Path root;
  private Repository repository;
  private WalStore store;

  @BeforeEach
  void open() throws IOException {
    repository = new FilesystemRepository(Files.createDirectory(root.resolve("repository")));
    store = new WalStore(repository, LAYOUT);
  }

  @AfterEach
  void close() {
    repository.close();
  }

  @Test
  void givesWhatIsThereAndKnowsWhatIsNot() throws IOException {
    put(segment(1, 3), 'a');
    try (WalFetch fetch = fetch(TimelineHistory.first(1))) {
      assertThat(content(fetch.get(segment(1, 3)))).contains('a');
      assertThat(fetch.get(segment(1, 4))).isInstanceOf(Fetched.Absent.class);
      assertThat(fetch.get(WalFileName.history(2))).isInstanceOf(Fetched.Absent.class);
      assertThat(fetch.trouble()).isEmpty();
    }
  }

  @Test
  void findsWhatCameAfterItHadReadAhead() throws IOException {
    put(segment(1, 3), 'a');
    try (WalFetch fetch = fetch(TimelineHistory.first(1))) {
      assertThat(content(fetch.get(segment(1, 3)))).contains('a');
      put(segment(1, 4), 'b');
      assertThat(content(fetch.get(segment(1, 4)))).contains('b');
    }
  }

  @Test
  void givesAnUnfinishedSegmentFilledUpOnlyWhenNothingFollows() throws IOException {
    put(segment(1, 3).partial(), 'a');
    grow(segment(1, 4), 8192, 'b');
    grow(segment(1, 4), 65536, 'c');
    try (WalFetch fetch = fetch(TimelineHistory.first(1))) {
      assertThat(content(fetch.get(segment(1, 3)))).contains('a');
      byte[] longest = ((Fetched.Present) fetch.get(segment(1, 4))).content();
      assertThat(longest).hasSize(SIZE.bytes());
      assertThat((char) longest[60000]).isEqualTo('c');
      assertThat(longest[65536]).isZero();

      put(segment(1, 4), 'd');
      assertThat(fetch.get(segment(1, 3))).isInstanceOf(Fetched.Absent.class);
      assertThat(content(fetch.get(segment(1, 4)))).contains('d');
    }
  }

  @Test
  void takesTheOldTimelinesSegmentUpToWhereItWasLeftWhenTheNewOneIsNotThere() throws IOException {
    Lsn left = new Lsn(SIZE.start(3).address() + 100_000);
    put(segment(1, 3).partial(), 'a');
    try (WalFetch fetch = fetch(new TimelineHistory(2, List.of(new Ancestor(1, left))))) {
      byte[] cut = ((Fetched.Present) fetch.at(3)).content();
      assertThat((char) cut[99_999]).isEqualTo('a');
      assertThat(cut[100_000]).isZero();

      put(segment(2, 3), 'n');
      assertThat(content(fetch.at(3))).contains('n');
      assertThat(fetch.get(segment(1, 3))).isInstanceOf(Fetched.Absent.class);
    }
  }

  @Test
  void saysThatItCannotTellWhenASegmentIsDamagedAndRemembersIt() throws IOException {
    put(segment(1, 3), 'a');
    Path object = root.resolve("repository").resolve(LAYOUT.key(segment(1, 3)));
    byte[] bytes = Files.readAllBytes(object);
    Files.write(object, Arrays.copyOf(bytes, bytes.length - 1));
    try (WalFetch fetch = fetch(TimelineHistory.first(1))) {
      assertThat(fetch.get(segment(1, 3))).isInstanceOf(Fetched.Unknown.class);
      assertThat(fetch.trouble().map(JobFailure::code)).contains(ErrorCode.WAL_DAMAGED);
    }
  }

  @Test
  void tellsTheServerByTheExitStatusOfOneLineOfShell() throws IOException {
    put(segment(1, 3), 'a');
    put(segment(1, 5), 'a');
    Path damaged = root.resolve("repository").resolve(LAYOUT.key(segment(1, 5)));
    Files.write(damaged, new byte[100]);
    WalOrder order = new WalOrder(TimelineHistory.first(1), SIZE);
    String command;
    try (WalFetch fetch = fetch(TimelineHistory.first(1));
        WalFeed feed = WalFeed.open(fetch, order, root)) {
      command = feed.restoreCommand();
      assertThat(run(command, "000000010000000000000003")).isZero();
      assertThat(Files.size(root.resolve("got"))).isEqualTo(SIZE.bytes());
      assertThat(run(command, "000000010000000000000004")).isEqualTo(1);
      assertThat(run(command, "00000002.history")).isEqualTo(1);
      assertThat(run(command, "000000010000000000000005")).isEqualTo(255);
      assertThat(feed.segments()).isEqualTo(3);
      Path header = root.resolve("feed-header");
      assertThat(command).doesNotContain(Files.readString(header).strip().split(" ")[2]);
      Files.writeString(header, "Authorization: Bearer wrong\n");
      assertThat(run(command, "000000010000000000000003")).isEqualTo(255);
    }
    assertThat(run(command, "000000010000000000000003")).isEqualTo(255);
  }

  private int run(String command, String file) throws IOException {
    String line =
        command
            .replace("%p", root.resolve("got").toString())
            .replace("%f", file)
            .replace("%%", "%");
    try (ChildProcess child = ChildProcess.start(ChildCommand.of(Path.of("/bin/sh"), "-c", line))) {
      child.closeStdin();
      return child.awaitExit();
    }
  }

  private WalFetch fetch(TimelineHistory history) {
    return new WalFetch(store, new WalOrder(history, SIZE), BRISK, Waiter.real());
  }

  private static WalFileName segment(int timeline, long number) {
    return WalFileName.segment(timeline, number, SIZE);
  }

  private static Optional<Character> content(Fetched fetched) {
    return fetched instanceof Fetched.Present present
        ? Optional.of((char) present.content()[1000])
        : Optional.empty();
  }

  private void put(WalFileName file, char filling) throws IOException {
    WalStore.Stored stored = store.put(file, WrittenSegment.whole(file, filling));
    assertThat(stored.outcome()).isEqualTo(WalStore.Outcome.STORED);
  }

  private void grow(WalFileName file, int bytes, char filling) throws IOException {
    assertThat(
            repository.createIfAbsent(
                LAYOUT.growing(file, bytes), WrittenSegment.of(file, bytes, filling).object()))
        .isTrue();
  }
}
