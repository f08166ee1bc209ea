package io.holdfast.worker.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.holdfast.embedded.gpg.GnuPg;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.JobId;
import io.holdfast.model.SecretRef;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.JobResult.WalReencrypted;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.encryption.EncryptedCluster.Worker;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.failure.JobStopped;
import io.holdfast.worker.repository.filesystem.FilesystemRepository;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalStore;
import io.holdfast.worker.wal.fetch.Segments;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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
    ENVELOPE(new EncryptionSpec.Envelope(ref("leaked")), new EncryptionSpec.Envelope(ref("fresh"))),
    OPENPGP(openPgp("auditor"), openPgp("successor"));

    private final EncryptionSpec before;
    private final EncryptionSpec after;

    Kind(EncryptionSpec before, EncryptionSpec after) {
      this.before = before;
      this.after = after;
    }
  }

  private EncryptedCluster cluster;
  private GnuPg gpg;
  private Worker both;
  private Worker oldKeys;
  private Worker newKeys;
  private WalLayout layout;
  private int archives;

  @BeforeAll
  void start() throws IOException {
    cluster = new EncryptedCluster();
    gpg = new GnuPg();
    for (String name : List.of("auditor", "successor", "signer")) {
      gpg.generate(name, "", "never");
    }
    Keys keys = cluster.keys().envelope("leaked").envelope("fresh");
    both =
        cluster.worker(
            keys.secret("auditor", gpg, "", false)
                .secret("successor", gpg, "", false)
                .secret("signer", gpg, "", true));
    oldKeys =
        cluster.worker(
            cluster
                .keys()
                .envelopeFile("leaked", keys.file("leaked"))
                .secret("auditor", gpg, "", false)
                .believed("signer", gpg));
    newKeys =
        cluster.worker(
            cluster
                .keys()
                .envelopeFile("fresh", keys.file("fresh"))
                .secret("successor", gpg, "", false)
                .believed("signer", gpg));
  }

  @AfterAll
  void stop() {
    gpg.close();
    cluster.close();
  }

  @BeforeEach
  void emptyArchive() throws IOException {
    Path all = cluster.repository().resolve(WalLayout.all(EncryptedCluster.CLUSTER));
    if (Files.exists(all)) {
      Files.move(all, cluster.folder.resolve("done-" + ++archives));
    }
    layout = new WalLayout(EncryptedCluster.CLUSTER, Segments.LAYOUT.systemIdentifier());
  }

  @ParameterizedTest
  @EnumSource
  void everyFileIsReadWithTheNewKeysAloneAfterwards(Kind kind) throws IOException {
    Map<WalFileName, byte[]> files = archive(kind.before);

    WalReencrypted done = both.reencryptWal(kind.after, new TestAttempt());

    assertThat(done.files()).isEqualTo(files.size());
    for (Map.Entry<WalFileName, byte[]> file : files.entrySet()) {
      assertThat(store(newKeys, null).get(file.getKey())).contains(file.getValue());
      assertRefused(ErrorCode.KEY_UNAVAILABLE, () -> store(oldKeys, null).get(file.getKey()));
    }
    assertThat(put(store(both, kind.after), Segments.name(1), files.get(Segments.name(1))))
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
            both.reencryptWal(kind.after, stoppedAfter(3 + number, job, number));
        assertThat(finished.files() + finished.filesThere()).isEqualTo(files.size());
        assertThat(finished.filesThere()).isPositive();
        stopped = false;
      } catch (JobStopped inTheMiddle) {
        done++;
      }
      for (Map.Entry<WalFileName, byte[]> file : files.entrySet()) {
        assertThat(store(both, null).get(file.getKey())).contains(file.getValue());
      }
      if (number > 20) {
        throw new AssertionError("it never ends");
      }
    }
    assertThat(done).isPositive();
    for (Map.Entry<WalFileName, byte[]> file : files.entrySet()) {
      assertThat(store(newKeys, null).get(file.getKey())).contains(file.getValue());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCopyIsTheSameObjectsAgain(Kind kind) throws IOException {
    Map<WalFileName, byte[]> files = archive(kind.before);
    Path copy = Path.of(offsite(kind).path());
    copyFolder(cluster.repository(), copy);
    Files.delete(copy.resolve(layout.key(Segments.name(2))));

    WalReencrypted done = both.reencryptWal(kind.after, new TestAttempt(), offsite(kind));

    assertThat(done.files()).isEqualTo(2L * files.size() - 1);
    for (WalFileName file : files.keySet()) {
      Path there = copy.resolve(layout.key(file));
      if (file.equals(Segments.name(2))) {
        assertThat(there).as("for the next copy to take").doesNotExist();
      } else {
        assertThat(there).hasSameBinaryContentAs(cluster.repository().resolve(layout.key(file)));
        assertThat(
                new WalStore(
                        new FilesystemRepository(copy),
                        layout,
                        newKeys.seals(),
                        null,
                        Clock.systemUTC())
                    .get(file))
            .contains(files.get(file));
      }
    }
  }

  @Test
  void whatIsNotEncryptedIsLeftAndSaid() throws IOException {
    archive(Kind.ENVELOPE.before);
    WalFileName plain = Segments.name(9);
    assertThat(put(store(both, null), plain, Segments.content(plain, 'p')))
        .isEqualTo(WalStore.Outcome.STORED);
    store(both, Kind.ENVELOPE.before)
        .putGrowing(
            Segments.name(10),
            new ByteArrayInputStream(Segments.content(Segments.name(10), 'g'), 0, 5000),
            5000,
            1);
    Path file = cluster.repository().resolve(layout.key(plain));
    byte[] before = Files.readAllBytes(file);

    WalReencrypted done = both.reencryptWal(Kind.ENVELOPE.after, new TestAttempt());

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(done.findings())
        .extracting(Finding::check, Finding::outcome)
        .containsExactly(
            tuple("wal", "OK"), tuple("plain", "WARNING"), tuple("unfinished", "WARNING"));
  }

  @Test
  void aDamagedFileKeepsNoneOfTheOthersFromIt() throws IOException {
    Map<WalFileName, byte[]> files = archive(Kind.ENVELOPE.before);
    Path damaged = cluster.repository().resolve(layout.key(Segments.name(2)));
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length - 1] ^= 1;
    Files.write(damaged, bytes);

    assertRefused(
        ErrorCode.WAL_DAMAGED, () -> both.reencryptWal(Kind.ENVELOPE.after, new TestAttempt()));

    assertThat(Files.readAllBytes(damaged)).isEqualTo(bytes);
    files.remove(Segments.name(2));
    for (Map.Entry<WalFileName, byte[]> file : files.entrySet()) {
      assertThat(store(newKeys, null).get(file.getKey())).contains(file.getValue());
    }
  }

  @Test
  void aWorkerWithoutTheOldKeyLeavesEverythingAsItIs() throws IOException {
    Map<WalFileName, byte[]> files = archive(Kind.ENVELOPE.before);

    assertRefused(
        ErrorCode.KEY_UNAVAILABLE,
        () -> newKeys.reencryptWal(Kind.ENVELOPE.after, new TestAttempt()));

    for (Map.Entry<WalFileName, byte[]> file : files.entrySet()) {
      assertThat(store(oldKeys, null).get(file.getKey())).contains(file.getValue());
    }
  }

  private FilesystemRepositorySpec offsite(Kind kind) {
    return cluster.repositorySpec("offsite-" + kind.ordinal());
  }

  private Map<WalFileName, byte[]> archive(EncryptionSpec spec) throws IOException {
    Map<WalFileName, byte[]> files = new LinkedHashMap<>();
    for (int number = 1; number <= SEGMENTS; number++) {
      WalFileName name = Segments.name(number);
      files.put(name, Segments.content(name, (char) ('a' + number)));
    }
    files.put(WalFileName.history(2), HISTORY);
    WalStore store = store(both, spec);
    for (Map.Entry<WalFileName, byte[]> file : files.entrySet()) {
      assertThat(put(store, file.getKey(), file.getValue())).isEqualTo(WalStore.Outcome.STORED);
    }
    return files;
  }

  private WalStore store(Worker worker, EncryptionSpec spec) {
    return new WalStore(
        new FilesystemRepository(cluster.repository()),
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

  private static EncryptionSpec openPgp(String recipient) {
    return new EncryptionSpec.OpenPgp(List.of(ref(recipient)), ref("signer"));
  }

  private static SecretRef ref(String name) {
    return new SecretRef(name);
  }

  private static void assertRefused(ErrorCode code, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(JobFailure.class, e -> assertThat(e.code()).isEqualTo(code));
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
