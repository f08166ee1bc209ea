package io.holdfast.worker.repository.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.embedded.s3.EmbeddedS3;
import io.holdfast.embedded.s3.S3Front;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.model.repository.Capabilities;
import io.holdfast.model.repository.ObjectLock;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.StagedObject;
import io.holdfast.worker.secret.S3Keys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects that the store itself protects, and keys that may not delete. */
class LockedObjectsTest {
  private static final int PART_BYTES = 5 * 1024 * 1024;
  private static final Duration MONTH = Duration.ofDays(30);
  @TempDir static Path folder;
  private static EmbeddedS3 store;
  private final String prefix = UUID.randomUUID().toString();
  private S3Front front;

  @BeforeAll
  static void startStore() {
    store = EmbeddedS3.behindFront(folder, "access", "secret-of-the-store").bucket("backups");
  }

  @AfterAll
  static void stopStore() {
    store.close();
  }

  @BeforeEach
  void startFront() {
    front = S3Front.locking(store.port());
  }

  @AfterEach
  void stopFront() {
    front.close();
  }

  @Test
  void locksEveryObjectFromItsWritingOnAndNotWhatPasses() throws IOException {
    Instant before = Instant.now();
    try (Repository repository = open(front.endpoint(), lock(ObjectLock.Mode.COMPLIANCE, MONTH))) {
      store(repository, "small", new byte[1000]);
      store(repository, "large", new byte[PART_BYTES + 1]);
      assertThat(repository.createIfAbsent("manifest", new byte[10])).isTrue();
      assertThat(repository.createPassing("growing", new byte[10])).isTrue();
    }

    assertThat(front.locks())
        .containsOnlyKeys(path("small"), path("large"), path("manifest"))
        .allSatisfy(
            (key, lock) -> {
              assertThat(lock.mode()).isEqualTo("COMPLIANCE");
              assertThat(lock.until())
                  .isBetween(before.plus(MONTH), Instant.now().plus(MONTH).plusSeconds(1));
            });
  }

  @Test
  void writesNothingWhenNobodySaysForHowLongItIsLocked() {
    try (Repository repository = open(front.endpoint(), lock(ObjectLock.Mode.GOVERNANCE, null))) {
      JobFailure refused =
          catchThrowableOfType(
              JobFailure.class, () -> repository.createIfAbsent("manifest", new byte[10]));

      assertThat(refused.code()).isEqualTo(ErrorCode.REPOSITORY_REFUSED);
      assertThat(repository.list("")).isEmpty();
    }
  }

  @Test
  void saysUntilWhenAnObjectIsLockedAndLeavesIt() throws IOException {
    try (Repository repository = open(front.endpoint(), lock(ObjectLock.Mode.GOVERNANCE, MONTH))) {
      store(repository, "object", new byte[1000]);
      Instant until = front.locks().get(path("object")).until();

      JobFailure locked = catchThrowableOfType(JobFailure.class, () -> repository.delete("object"));

      assertThat(locked.code()).isEqualTo(ErrorCode.OBJECT_LOCKED);
      assertThat(locked.getMessage()).isEqualTo("'object' is locked until " + until);
      assertThat(front.refused()).isZero();
      assertThat(repository.stat("object")).isPresent();
    }
  }

  @Test
  void removesAnObjectWhoseLockHasRunOut() throws IOException {
    ObjectLock lock = lock(ObjectLock.Mode.GOVERNANCE, Duration.ofHours(1));
    Clock earlier = Clock.fixed(Instant.now().minusSeconds(3700), ZoneOffset.UTC);
    try (Repository writer = open(front.endpoint(), lock, earlier);
        Repository later = open(front.endpoint(), lock)) {
      store(writer, "object", new byte[1000]);

      later.delete("object");
      later.delete("object");

      assertThat(later.stat("object")).isEmpty();
    }
  }

  @Test
  void keepsWhatIsUnderALegalHoldUntilTheHoldEnds() throws IOException {
    ObjectLock lock = lock(ObjectLock.Mode.GOVERNANCE, Duration.ofHours(1));
    Clock earlier = Clock.fixed(Instant.now().minusSeconds(3700), ZoneOffset.UTC);
    try (Repository writer = open(front.endpoint(), lock, earlier);
        Repository later = open(front.endpoint(), lock)) {
      store(writer, "object", new byte[1000]);
      later.hold("object", true);

      JobFailure held = catchThrowableOfType(JobFailure.class, () -> later.delete("object"));

      assertThat(held.code()).isEqualTo(ErrorCode.OBJECT_LOCKED);
      assertThat(held.getMessage()).isEqualTo("'object' is under a legal hold");
      later.hold("object", false);
      later.delete("object");
      assertThat(later.stat("object")).isEmpty();
    }
  }

  @Test
  void probesWhetherTheBucketLocks() {
    try (Repository locking = open(front.endpoint(), lock(ObjectLock.Mode.GOVERNANCE, MONTH));
        Repository plain = open(store.endpoint(), null)) {
      Capabilities able = locking.probe();
      Capabilities unable = plain.probe();

      assertThat(able.objectLock()).isTrue();
      assertThat(able.deletes()).isTrue();
      assertThat(unable.objectLock()).isFalse();
      assertThat(front.locks()).isEmpty();
    }
  }

  @Test
  void refusesToWriteUnlockedWhereTheStoreKnowsNoLocks(@TempDir Path place) {
    try (EmbeddedS3 plain =
            EmbeddedS3.start(place, 0, "access", "secret-of-the-store").bucket("backups");
        Repository repository = open(plain.endpoint(), lock(ObjectLock.Mode.GOVERNANCE, MONTH))) {
      assertThatThrownBy(() -> store(repository, "object", new byte[1000]))
          .isInstanceOfSatisfying(
              JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REPOSITORY_REFUSED));
      assertThatThrownBy(() -> repository.createIfAbsent("manifest", new byte[10]))
          .isInstanceOfSatisfying(
              JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REPOSITORY_REFUSED));
      assertThat(repository.list("")).isEmpty();
    }
  }

  @Test
  void worksWithKeysThatCannotDelete() throws IOException {
    try (S3Front weak = S3Front.withoutDeletes(store.port());
        Repository repository = open(weak.endpoint(), null)) {
      Capabilities found = repository.probe();
      assertThat(found).isEqualTo(new Capabilities(true, true, true, true, true, false, null));
      assertThat(weak.refused()).isEqualTo(1);

      store(repository, "object", new byte[PART_BYTES + 1]);
      try (StagedObject given = repository.stage("given-up", 0)) {
        given.write(new byte[2 * PART_BYTES]);
      }
      repository.discardUnfinished("");
      assertThatThrownBy(() -> repository.delete("object"))
          .isInstanceOfSatisfying(
              JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REPOSITORY_REFUSED));
      assertThat(repository.stat("object")).isPresent();
      assertThat(repository.stat("given-up")).isEmpty();
    }
  }

  private String path(String key) {
    return "/backups/" + prefix + "/" + key;
  }

  private static ObjectLock lock(ObjectLock.Mode mode, Duration retainFor) {
    return new ObjectLock(mode, retainFor);
  }

  private Repository open(String endpoint, ObjectLock lock) {
    return open(endpoint, lock, Clock.systemUTC());
  }

  private Repository open(String endpoint, ObjectLock lock, Clock clock) {
    return new S3Repository(
        new S3RepositorySpec(
            "vault", endpoint, null, "backups", prefix, new SecretRef("keys"), null, lock),
        new S3Keys("access", "secret-of-the-store", null),
        new S3Settings(PART_BYTES, 2, Duration.ofSeconds(10)),
        Waiter.real(),
        clock);
  }

  private static void store(Repository repository, String key, byte[] content) throws IOException {
    try (StagedObject staged = repository.stage(key, content.length)) {
      staged.write(content);
      staged.commit(Readback.sha256(new ByteArrayInputStream(content)));
    }
  }
}
