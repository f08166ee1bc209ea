package io.holdfast.worker.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.gpg.GnuPg;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.job.JobResult.WalCopied;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.copy.CopyWalJob;
import io.holdfast.worker.encryption.Keys;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.repository.filesystem.FilesystemRepository;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.wal.WalStore.Outcome;
import io.holdfast.worker.wal.fetch.Segments;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Archived WAL in both kinds of encryption, by workers with and without the keys. */
@TestInstance(Lifecycle.PER_CLASS)
class EncryptedWalTest {
  private static final WalFileName FIRST = Segments.name(1);
  private static final WalFileName SECOND = Segments.name(2);
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  enum Kind {
    ENVELOPE(new EncryptionSpec.Envelope(ref("kek"))),
    OPENPGP(new EncryptionSpec.OpenPgp(List.of(ref("auditor")), ref("signer")));

    private final EncryptionSpec spec;

    Kind(EncryptionSpec spec) {
      this.spec = spec;
    }
  }

  private final Path folder = Folders.temporary("encrypted-wal");
  private final GnuPg gpg = new GnuPg();
  private Credentials everyKey;
  private Credentials writersKeys;
  private Path root;
  private FilesystemRepository repository;

  @BeforeAll
  void makeKeys() throws IOException {
    gpg.generate("auditor", "", "never");
    gpg.generate("signer", "", "never");
    Path files = Files.createDirectory(folder.resolve("all"));
    Keys all = new Keys(files).envelope("kek");
    everyKey = credentials(all.secret("auditor", gpg, "", false).secret("signer", gpg, "", true));
    writersKeys =
        credentials(
            new Keys(Files.createDirectory(folder.resolve("writer")))
                .envelopeFile("kek", all.file("kek"))
                .recipient("auditor", gpg)
                .secret("signer", gpg, "", true));
  }

  @AfterAll
  void stop() {
    gpg.close();
    Folders.delete(folder);
  }

  @BeforeEach
  void emptyRepository() throws IOException {
    root = Files.createTempDirectory(folder, "repository");
    repository = new FilesystemRepository(root);
  }

  @ParameterizedTest
  @EnumSource
  void comesBackByteForByte(Kind kind) throws IOException {
    byte[] segment = Segments.content(FIRST, 'a');
    byte[] history =
        "1\t0/3000000\tno recovery target specified\n".getBytes(StandardCharsets.UTF_8);
    WalStore writer = store(writersKeys, kind.spec);
    assertThat(put(writer, FIRST, segment)).isEqualTo(Outcome.STORED);
    assertThat(put(writer, WalFileName.history(2), history)).isEqualTo(Outcome.STORED);
    writer.putGrowing(SECOND, new ByteArrayInputStream(segment, 0, 5000), 5000, 1);

    WalStore reader = store(everyKey, null);

    assertThat(reader.get(FIRST)).contains(segment);
    assertThat(reader.get(WalFileName.history(2))).contains(history);
    assertThat(reader.growing(SECOND)).contains(Arrays.copyOf(segment, 5000));
    assertThat(reader.plainBytes(FIRST)).contains((long) segment.length);
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .doesNotContain("no recovery target", "aaaaaaaa", "\u0028\u00b5\u002f\u00fd");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void isCopiedByAWorkerWithoutKeysAndReadFromTheCopy(Kind kind) throws IOException {
    byte[] segment = Segments.content(FIRST, 'a');
    put(store(writersKeys, kind.spec), FIRST, segment);
    Path copy = Files.createTempDirectory(folder, "copy");
    JobSpec.CopyWal spec =
        new JobSpec.CopyWal(
            Segments.LAYOUT.cluster(),
            new FilesystemRepositorySpec("first", root.toString()),
            new FilesystemRepositorySpec("second", copy.toString()));

    WalCopied copied =
        new CopyWalJob(
                place ->
                    new FilesystemRepository(Path.of(((FilesystemRepositorySpec) place).path())),
                Clock.fixed(NOW, ZoneOffset.UTC))
            .run(spec, new TestAttempt());

    assertThat(copied.objectsSent()).isEqualTo(1);
    Folders.delete(root);
    repository = new FilesystemRepository(copy);
    assertThat(store(everyKey, null).get(FIRST)).contains(segment);
  }

  @ParameterizedTest
  @EnumSource
  void theSameBytesAreASuccessWhoeverBringsThemAgain(Kind kind) throws IOException {
    byte[] segment = Segments.content(FIRST, 'a');
    assertThat(put(store(writersKeys, kind.spec), FIRST, segment)).isEqualTo(Outcome.STORED);

    // Another worker has another data key, and another random beginning.
    assertThat(put(store(writersKeys, kind.spec), FIRST, segment)).isEqualTo(Outcome.ALREADY);
    assertThat(put(store(writersKeys, null), FIRST, segment)).isEqualTo(Outcome.ALREADY);
    assertThat(put(store(writersKeys, kind.spec), FIRST, Segments.content(FIRST, 'b')))
        .isEqualTo(Outcome.CONFLICT);
    assertThat(store(everyKey, null).get(FIRST)).contains(segment);
  }

  @Test
  void plainWalThatIsThereAlreadyStaysWhenEncryptionIsSwitchedOn() throws IOException {
    byte[] segment = Segments.content(FIRST, 'a');
    assertThat(put(store(writersKeys, null), FIRST, segment)).isEqualTo(Outcome.STORED);

    assertThat(put(store(writersKeys, Kind.ENVELOPE.spec), FIRST, segment))
        .isEqualTo(Outcome.ALREADY);
    assertThat(put(store(writersKeys, Kind.ENVELOPE.spec), FIRST, Segments.content(FIRST, 'b')))
        .isEqualTo(Outcome.CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void withoutTheKeyNobodyCanTellWhichIsNotAbsent(Kind kind) throws IOException {
    put(store(writersKeys, kind.spec), FIRST, Segments.content(FIRST, 'a'));
    WalStore keyless = store(credentials(new Keys(folder)), null);

    assertThat(keyless.has(FIRST)).isTrue();
    assertRefused(() -> keyless.get(FIRST), ErrorCode.KEY_UNAVAILABLE, ErrorCode.NOT_AUTHENTIC);
    if (kind == Kind.OPENPGP) {
      assertRefused(() -> store(writersKeys, kind.spec).get(FIRST), ErrorCode.KEY_UNAVAILABLE);
    }
  }

  @Test
  void nothingIsStoredWithAKeyThatIsNotThere() throws IOException {
    WalStore store = store(credentials(new Keys(folder)), Kind.ENVELOPE.spec);

    assertRefused(() -> put(store, FIRST, Segments.content(FIRST, 'a')), ErrorCode.KEY_UNAVAILABLE);
    assertThat(root).isEmptyDirectory();
  }

  @ParameterizedTest
  @EnumSource
  void refusesEveryChangedByteAndEveryObjectFromElsewhere(Kind kind) throws IOException {
    WalStore writer = store(writersKeys, kind.spec);
    put(writer, FIRST, Segments.content(FIRST, 'a'));
    put(writer, SECOND, Segments.content(SECOND, 'a'));
    Path first = root.resolve(writer.layout().key(FIRST));
    byte[] good = Files.readAllBytes(first);
    Random random = new Random(3);
    for (int i = 0; i < 100; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(first, bad);
      assertRefused(() -> store(everyKey, null).get(FIRST));
    }
    Files.copy(
        root.resolve(writer.layout().key(SECOND)), first, StandardCopyOption.REPLACE_EXISTING);
    assertRefused(() -> store(everyKey, null).get(FIRST), ErrorCode.WAL_DAMAGED);
  }

  @Test
  void aDayHasADataKeyOfItsOwnAndAllOfThemAreRead() throws IOException {
    Clock moving =
        new Clock() {
          private int calls;

          @Override
          public Instant instant() {
            return NOW.plus(Duration.ofHours(23L * calls++));
          }

          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };
    WalStore writer =
        new WalStore(repository, Segments.LAYOUT, seals(writersKeys), Kind.ENVELOPE.spec, moving);
    for (int number = 1; number <= 4; number++) {
      WalFileName file = Segments.name(number);
      assertThat(put(writer, file, Segments.content(file, 'x'))).isEqualTo(Outcome.STORED);
    }

    for (int number = 1; number <= 4; number++) {
      WalFileName file = Segments.name(number);
      assertThat(store(everyKey, null).get(file)).contains(Segments.content(file, 'x'));
    }
    try (Stream<Path> keys = Files.list(root.resolve(Segments.LAYOUT.folder() + "keys"))) {
      assertThat(keys).hasSize(2);
    }
  }

  private static Outcome put(WalStore store, WalFileName file, byte[] content) throws IOException {
    return store
        .put(file, store.encode(file, new ByteArrayInputStream(content), content.length, 1))
        .outcome();
  }

  private WalStore store(Credentials credentials, EncryptionSpec spec) {
    return new WalStore(
        repository, Segments.LAYOUT, seals(credentials), spec, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static Seals seals(Credentials credentials) {
    return new Seals(new Keyring(credentials));
  }

  private Credentials credentials(Keys keys) throws IOException {
    return new Credentials(
        Files.writeString(Files.createTempFile(folder, "credentials", ".yaml"), keys.yaml()));
  }

  private static void assertRefused(ThrowingCallable action, ErrorCode... codes) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            JobFailure.class,
            e -> {
              if (codes.length > 0) {
                assertThat(e.code()).isIn((Object[]) codes);
              }
            });
  }

  private static SecretRef ref(String name) {
    return new SecretRef(name);
  }
}
