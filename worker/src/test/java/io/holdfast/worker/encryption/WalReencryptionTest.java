package io.holdfast.worker.encryption;

import static io.holdfast.worker.encryption.LeakedKeys.FRESH;
import static io.holdfast.worker.encryption.LeakedKeys.LEAKED;
import static io.holdfast.worker.encryption.LeakedKeys.TO_AUDITOR;
import static io.holdfast.worker.encryption.LeakedKeys.TO_SUCCESSOR;
import static io.holdfast.worker.failure.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.JobId;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.JobResult.WalReencrypted;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.encryption.EncryptedCluster.Worker;
import io.holdfast.worker.failure.JobStopped;
import io.holdfast.worker.repository.filesystem.FilesystemRepository;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalStore;
import io.holdfast.worker.wal.fetch.Segments;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A key has leaked: archived WAL is put under other keys, in its place. */
@TestInstance(Lifecycle.PER_CLASS)
class WalReencryptionTest {
  private static final byte[] HISTORY = "1\t0/300000\tfailover\n".getBytes(StandardCharsets.UTF_8);
  private static final int SEGMENTS = 4;

  enum Kind {
    ENVELOPE(LEAKED, FRESH),
    OPENPGP(TO_AUDITOR, TO_SUCCESSOR);

    private final EncryptionSpec before;
    private final EncryptionSpec after;

    Kind(EncryptionSpec before, EncryptionSpec after) {
      this.before = before;
      this.after = after;
    }
  }

  private LeakedKeys leak;
  private WalLayout layout;
  private int archives;

  @BeforeAll
  void start() throws IOException {
    leak = new LeakedKeys();
  }

  @AfterAll
  void stop() {
    leak.close();
  }

  @BeforeEach
  void emptyArchive() throws IOException {
    Path all = leak.cluster.repository().resolve(WalLayout.all(EncryptedCluster.CLUSTER));
    if (Files.exists(all)) {
      Files.move(all, leak.cluster.folder.resolve("done-" + ++archives));
    }
    layout = new WalLayout(EncryptedCluster.CLUSTER, Segments.LAYOUT.systemIdentifier());
  }

  @ParameterizedTest
  @EnumSource
  void everyFileIsReadWithTheNewKeysAloneAfterwards(Kind kind) throws IOException {
    Map<WalFileName, byte[]> files = archive(kind.before);

    WalReencrypted done = leak.both.reencryptWal(kind.after, new TestAttempt());

    assertThat(done.files()).isEqualTo(files.size());
    for (Map.Entry<WalFileName, byte[]> file : files.entrySet()) {
      assertThat(store(leak.newKeys, null).get(file.getKey())).contains(file.getValue());
      assertRefused(ErrorCode.KEY_UNAVAILABLE, () -> store(leak.oldKeys, null).get(file.getKey()));
    }
    assertThat(put(store(leak.both, kind.after), Segments.name(1), files.get(Segments.name(1))))
        .as("a server that archives it once more")
        .isEqualTo(WalStore.Outcome.ALREADY);
  }

  @ParameterizedTest
  @EnumSource
  void stoppedBeforeAnyStepTheArchiveIsWholeAndTheNextAttemptDoesTheRest(Kind kind)
      throws IOException {
    Map<WalFileName, byte[]> files = archive(kind.before);
    JobId job = JobId.next(Clock.systemUTC());
    long done = 0;
    int number = 1;
    for (boolean stopped = true; stopped; number++) {
      try {
        WalReencrypted finished =
            leak.both.reencryptWal(kind.after, stoppedAfter(3 + number, job, number));
        assertThat(finished.files() + finished.filesThere()).isEqualTo(files.size());
        assertThat(finished.filesThere()).isPositive();
        stopped = false;
      } catch (JobStopped inTheMiddle) {
        done++;
      }
      for (Map.Entry<WalFileName, byte[]> file : files.entrySet()) {
        assertThat(store(leak.both, null).get(file.getKey())).contains(file.getValue());
      }
      if (number > 20) {
        throw new AssertionError("it never ends");
      }
    }
    assertThat(done).isPositive();
    for (Map.Entry<WalFileName, byte[]> file : files.entrySet()) {
      assertThat(store(leak.newKeys, null).get(file.getKey())).contains(file.getValue());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCopyIsTheSameObjectsAgain(Kind kind) throws IOException {
    Map<WalFileName, byte[]> files = archive(kind.before);
    Path copy = Path.of(offsite(kind).path());
    copyFolder(leak.cluster.repository(), copy);
    Files.delete(copy.resolve(layout.key(Segments.name(2))));

    WalReencrypted done = leak.both.reencryptWal(kind.after, new TestAttempt(), offsite(kind));

    assertThat(done.files()).isEqualTo(2L * files.size() - 1);
    for (WalFileName file : files.keySet()) {
      Path there = copy.resolve(layout.key(file));
      if (file.equals(Segments.name(2))) {
        assertThat(there).as("for the next copy to take").doesNotExist();
      } else {
        assertThat(there)
            .hasSameBinaryContentAs(leak.cluster.repository().resolve(layout.key(file)));
        assertThat(
                new WalStore(
                        new FilesystemRepository(copy),
                        layout,
                        leak.newKeys.seals(),
                        null,
                        Clock.systemUTC())
                    .get(file))
            .contains(files.get(file));
      }
    }
  }

  @Test
  void whatExpiresMeanwhileStaysAway() throws IOException {
    WalFileName expired = Segments.name(2);
    int moment = 0;
    for (boolean inTime = true; inTime; moment++) {
      emptyArchive();
      Map<WalFileName, byte[]> files = archive(Kind.ENVELOPE.before);
      Path file = leak.cluster.repository().resolve(layout.key(expired));
      Removal removal = new Removal(file, moment);

      WalReencrypted done = leak.both.reencryptWal(Kind.ENVELOPE.after, removal.attempt());

      inTime = removal.fired;
      assertThat(Files.exists(file))
          .as("removed when it was asked %d times", moment)
          .isNotEqualTo(inTime);
      files.remove(expired);
      assertThat(done.files()).isBetween((long) files.size(), files.size() + 1L);
      for (Map.Entry<WalFileName, byte[]> other : files.entrySet()) {
        assertThat(store(leak.newKeys, null).get(other.getKey())).contains(other.getValue());
      }
    }
    assertThat(moment).as("moments").isGreaterThan(2 * SEGMENTS);
  }

  @Test
  void whatExpiresInACopyMeanwhileStaysAwayThere() throws IOException {
    WalFileName expired = Segments.name(2);
    int moment = 0;
    for (boolean inTime = true; inTime; moment++) {
      emptyArchive();
      Map<WalFileName, byte[]> files = archive(Kind.ENVELOPE.before);
      FilesystemRepositorySpec place = leak.cluster.repositorySpec("emptied-" + moment);
      Path copy = Path.of(place.path());
      copyFolder(leak.cluster.repository(), copy);
      Path file = copy.resolve(layout.key(expired));
      Removal removal = new Removal(file, moment);

      WalReencrypted unused = leak.both.reencryptWal(Kind.ENVELOPE.after, removal.attempt(), place);

      inTime = removal.fired;
      assertThat(Files.exists(file))
          .as("removed when it was asked %d times", moment)
          .isNotEqualTo(inTime);
      files.remove(expired);
      for (WalFileName other : files.keySet()) {
        assertThat(copy.resolve(layout.key(other)))
            .hasSameBinaryContentAs(leak.cluster.repository().resolve(layout.key(other)));
      }
    }
    assertThat(moment).as("moments").isGreaterThan(4 * SEGMENTS);
  }

  @Test
  void ofASystemThatIsGoneFromACopyNothingIsMadeAgainThere() throws IOException {
    Map<WalFileName, byte[]> files = archive(Kind.ENVELOPE.before);
    Path copy = Path.of(leak.cluster.repositorySpec("of-another-system").path());
    Files.createDirectories(copy);

    WalReencrypted done =
        leak.both.reencryptWal(
            Kind.ENVELOPE.after,
            new TestAttempt(),
            leak.cluster.repositorySpec("of-another-system"));

    assertThat(done.files()).isEqualTo(files.size());
    assertThat(copy).isEmptyDirectory();
  }

  @Test
  void whatIsNotEncryptedIsLeftAndSaid() throws IOException {
    archive(Kind.ENVELOPE.before);
    WalFileName plain = Segments.name(9);
    assertThat(put(store(leak.both, null), plain, Segments.content(plain, 'p')))
        .isEqualTo(WalStore.Outcome.STORED);
    store(leak.both, Kind.ENVELOPE.before)
        .putGrowing(
            Segments.name(10),
            new ByteArrayInputStream(Segments.content(Segments.name(10), 'g'), 0, 5000),
            5000,
            1);
    Path file = leak.cluster.repository().resolve(layout.key(plain));
    byte[] before = Files.readAllBytes(file);

    WalReencrypted done = leak.both.reencryptWal(Kind.ENVELOPE.after, new TestAttempt());

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(done.findings())
        .extracting(Finding::check, Finding::outcome)
        .containsExactly(
            tuple("wal", "OK"), tuple("plain", "WARNING"), tuple("unfinished", "WARNING"));
  }

  @Test
  void aDamagedFileKeepsNoneOfTheOthersFromIt() throws IOException {
    Map<WalFileName, byte[]> files = archive(Kind.ENVELOPE.before);
    Path damaged = leak.cluster.repository().resolve(layout.key(Segments.name(2)));
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length - 1] ^= 1;
    Files.write(damaged, bytes);

    assertRefused(
        ErrorCode.WAL_DAMAGED,
        () -> leak.both.reencryptWal(Kind.ENVELOPE.after, new TestAttempt()));

    assertThat(Files.readAllBytes(damaged)).isEqualTo(bytes);
    files.remove(Segments.name(2));
    for (Map.Entry<WalFileName, byte[]> file : files.entrySet()) {
      assertThat(store(leak.newKeys, null).get(file.getKey())).contains(file.getValue());
    }
  }

  @Test
  void aWorkerWithoutTheOldKeyLeavesEverythingAsItIs() throws IOException {
    Map<WalFileName, byte[]> files = archive(Kind.ENVELOPE.before);

    assertRefused(
        ErrorCode.KEY_UNAVAILABLE,
        () -> leak.newKeys.reencryptWal(Kind.ENVELOPE.after, new TestAttempt()));

    for (Map.Entry<WalFileName, byte[]> file : files.entrySet()) {
      assertThat(store(leak.oldKeys, null).get(file.getKey())).contains(file.getValue());
    }
  }

  private FilesystemRepositorySpec offsite(Kind kind) {
    return leak.cluster.repositorySpec("offsite-" + kind.ordinal());
  }

  private Map<WalFileName, byte[]> archive(EncryptionSpec spec) throws IOException {
    Map<WalFileName, byte[]> files = new LinkedHashMap<>();
    for (int number = 1; number <= SEGMENTS; number++) {
      WalFileName name = Segments.name(number);
      files.put(name, Segments.content(name, (char) ('a' + number)));
    }
    files.put(WalFileName.history(2), HISTORY);
    WalStore store = store(leak.both, spec);
    for (Map.Entry<WalFileName, byte[]> file : files.entrySet()) {
      assertThat(put(store, file.getKey(), file.getValue())).isEqualTo(WalStore.Outcome.STORED);
    }
    return files;
  }

  private WalStore store(Worker worker, EncryptionSpec spec) {
    return new WalStore(
        new FilesystemRepository(leak.cluster.repository()),
        layout,
        worker.seals(),
        spec,
        Clock.systemUTC());
  }

  private static WalStore.Outcome put(WalStore store, WalFileName file, byte[] content)
      throws IOException {
    return store
        .put(file, store.encode(file, new ByteArrayInputStream(content), content.length, 1))
        .outcome();
  }

  private static void copyFolder(Path from, Path to) throws IOException {
    try (var all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Path target = to.resolve(from.relativize(each).toString());
        if (Files.isDirectory(each)) {
          Files.createDirectories(target);
        } else {
          Files.copy(each, target);
        }
      }
    }
  }

  /** Takes a file away, as an expiration does, when the attempt has asked so often. */
  private static final class Removal {
    private final Path file;
    private int left;
    private boolean fired;

    Removal(Path file, int asks) {
      this.file = file;
      this.left = asks;
    }

    TestAttempt attempt() {
      return new TestAttempt(JobId.next(Clock.systemUTC()), 1, phase -> {}, this::asked);
    }

    private void asked() {
      if (left-- == 0) {
        try {
          Files.delete(file);
          fired = true;
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /** It is told to stop after it has asked so often whether it may go on. */
  private static TestAttempt stoppedAfter(int asks, JobId job, int number) {
    AtomicInteger left = new AtomicInteger(asks);
    return new TestAttempt(
        job,
        number,
        phase -> {},
        () -> {
          if (left.getAndDecrement() == 0) {
            throw new JobStopped("in the middle");
          }
        });
  }
}
