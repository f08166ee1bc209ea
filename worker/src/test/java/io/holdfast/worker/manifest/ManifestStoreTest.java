package io.holdfast.worker.manifest;

import static io.holdfast.worker.manifest.Manifests.BACKUP;
import static io.holdfast.worker.manifest.Manifests.JOB;
import static io.holdfast.worker.manifest.Manifests.LAYOUT;
import static io.holdfast.worker.manifest.Manifests.OTHER_RUN;
import static io.holdfast.worker.manifest.Manifests.RUN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.Codec;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.RunId;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.encryption.Seal;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.filesystem.FilesystemRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T03:00:00Z");
  @TempDir Path root;
  private FilesystemRepository repository;
  private ManifestStore store;

  @BeforeEach
  void openStore() {
    repository = new FilesystemRepository(root);
    store = new ManifestStore(repository, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @Test
  void aBackupExistsFromItsCommitOn() {
    store.claim(LAYOUT, JOB, 1, RUN, "w1", null);
    Manifest manifest = written(RUN, 1);
    assertThat(store.find(LAYOUT)).isEmpty();
    assertThat(store.list("orders")).isEmpty();
    assertThat(store.commit(manifest, Seal.none())).isEqualTo(manifest);
    assertThat(store.read(LAYOUT)).isEqualTo(manifest);
    assertThat(store.list("orders")).containsExactly(BACKUP);
  }

  @Test
  void leavesNoManifestWhenAnArtifactIsAbsentOrShort() throws IOException {
    Manifest manifest = written(RUN, 1);
    Files.write(root.resolve(LAYOUT.key(RUN + "/base.tar.zst")), new byte[19]);
    assertFails(ErrorCode.STORED_BYTES_DIFFER, () -> store.commit(manifest, Seal.none()));
    repository.delete(LAYOUT.key(RUN + "/base.tar.zst"));
    assertFails(ErrorCode.STORED_BYTES_DIFFER, () -> store.commit(manifest, Seal.none()));
    assertThat(store.find(LAYOUT)).isEmpty();
  }

  @Test
  void aZombieCannotCommitAfterALaterAttemptBegan() {
    store.claim(LAYOUT, JOB, 1, RUN, "w1", null);
    Manifest zombie = written(RUN, 1);
    store.claim(LAYOUT, JOB, 2, OTHER_RUN, "w2", null);
    assertFails(ErrorCode.SUPERSEDED, () -> store.commit(zombie, Seal.none()));
    assertThat(store.find(LAYOUT)).isEmpty();
  }

  @Test
  void anAttemptIsClaimedByOneRunAndMayBeClaimedAgainByIt() {
    store.claim(LAYOUT, JOB, 1, RUN, "w1", null);
    store.claim(LAYOUT, JOB, 1, RUN, "w1", null);
    assertFails(ErrorCode.SUPERSEDED, () -> store.claim(LAYOUT, JOB, 1, OTHER_RUN, "w2", null));
  }

  @Test
  void anEarlierAttemptIsNotClaimedAfterALaterOne() {
    store.claim(LAYOUT, JOB, 2, RUN, "w1", null);
    assertFails(ErrorCode.SUPERSEDED, () -> store.claim(LAYOUT, JOB, 1, OTHER_RUN, "w2", null));
  }

  @Test
  void reportsTheManifestThatAnEarlierAttemptCommitted() {
    Manifest first = store.commit(written(RUN, 1), Seal.none());
    assertThat(store.commit(written(OTHER_RUN, 2), Seal.none())).isEqualTo(first);
    assertThat(store.commit(written(RUN, 1), Seal.none())).isEqualTo(first);
  }

  @Test
  void writesChecksumsThatSha256sumReads() throws Exception {
    Manifest manifest = store.commit(written(RUN, 1), Seal.none());
    assertThat(Files.readAllLines(root.resolve(LAYOUT.sha256Sums(RUN))))
        .hasSize(2)
        .contains(manifest.artifacts().get(0).stored().sha256() + "  base.tar.zst")
        .last()
        .asString()
        .endsWith("  ../manifest.json");
  }

  @Test
  void noticesAnyByteChangedInTheManifestAndInTheChecksums() throws IOException {
    store.commit(written(RUN, 1), Seal.none());
    for (String key : List.of(LAYOUT.manifest(), LAYOUT.sha256Sums(RUN))) {
      Path file = root.resolve(key);
      byte[] whole = Files.readAllBytes(file);
      for (int at = 0; at < whole.length; at += 17) {
        byte[] changed = whole.clone();
        changed[at] ^= 1;
        Files.write(file, changed);
        assertThatThrownBy(() -> store.read(LAYOUT)).isInstanceOf(JobFailure.class);
      }
      Files.write(file, whole);
    }
    assertThat(store.read(LAYOUT).runId()).isEqualTo(RUN);
  }

  @Test
  void discardsAFailedRunButNeverACommittedOne() {
    store.commit(written(RUN, 1), Seal.none());
    written(OTHER_RUN, 2);
    repository.stage(LAYOUT.run(OTHER_RUN) + "unfinished", 0);
    assertThat(store.discardRun(LAYOUT, OTHER_RUN)).isTrue();
    assertThat(root.resolve(LAYOUT.run(OTHER_RUN))).doesNotExist();
    assertThat(store.discardRun(LAYOUT, RUN)).isFalse();
    assertThat(repository.stat(LAYOUT.key(RUN + "/base.tar.zst"))).isPresent();
  }

  @Test
  void discardsTheRunsOfDeadAttempts() {
    store.claim(LAYOUT, JOB, 1, OTHER_RUN, "w1", null);
    written(OTHER_RUN, 1);
    store.claim(LAYOUT, JOB, 2, RUN, "w2", null);
    store.commit(written(RUN, 2), Seal.none());
    store.discardOtherRuns(LAYOUT, RUN);
    assertThat(repository.list(LAYOUT.run(OTHER_RUN))).isEmpty();
    assertThat(store.read(LAYOUT).runId()).isEqualTo(RUN);
  }

  @Test
  void refusesWhatItCannotRead() throws IOException {
    assertFails(ErrorCode.BACKUP_NOT_FOUND, () -> store.read(LAYOUT));
    for (String json : List.of("{\"format\": 2}", "{}", "not json", "{\"format\": 1")) {
      Files.createDirectories(root.resolve(LAYOUT.folder()));
      Files.write(root.resolve(LAYOUT.manifest()), json.getBytes(UTF_8));
      assertFails(ErrorCode.MANIFEST_UNREADABLE, () -> store.read(LAYOUT));
    }
  }

  @Test
  void keysAreSafeWhateverADatabaseIsCalled() {
    for (String name :
        List.of("", "..", "-rf", "a/../../b", "host=evil", "$(x)\n", "ü", "x".repeat(63))) {
      for (String key :
          List.of(
              LAYOUT.customDump(RUN, 1, name, Codec.ZSTD),
              LAYOUT.directoryDump(RUN, 1, name, Codec.LZ4),
              LAYOUT.plainDump(RUN, 1, name, "full", NOW, Codec.GZIP))) {
        assertThat(repository.stat(key)).isEmpty();
        assertThat(key).startsWith(LAYOUT.run(RUN) + "dumps/0001");
      }
    }
    assertThat(LAYOUT.plainDump(RUN, 1, "orders", "full", NOW, Codec.GZIP))
        .endsWith("/dumps/0001/orders_full_20261121T030000Z.sql.gz");
  }

  private Manifest written(RunId run, int attempt) {
    repository.createIfAbsent(LAYOUT.key(run + "/base.tar.zst"), new byte[20]);
    return Manifests.of(run, attempt, List.of(Manifests.baseTar(run, 20)));
  }

  private static void assertFails(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(JobFailure.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
