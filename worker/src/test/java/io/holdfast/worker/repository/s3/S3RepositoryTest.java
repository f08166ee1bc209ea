package io.holdfast.worker.repository.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.s3.EmbeddedS3;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.RepositoryContract;
import io.holdfast.worker.secret.S3Keys;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3RepositoryTest extends RepositoryContract {
  private static final S3Keys KEYS = new S3Keys("canary-access", "canary-secret-key", null);
  @TempDir static Path folder;
  private static EmbeddedS3 store;
  private S3RepositorySpec spec;

  @BeforeAll
  static void startStore() {
    store = EmbeddedS3.start(folder, 0, KEYS.accessKey(), KEYS.secretKey()).bucket("backups");
  }

  @AfterAll
  static void stopStore() {
    store.close();
  }

  @Override
  protected Repository openRepository() {
    spec = spec("backups", UUID.randomUUID().toString());
    return open(spec, KEYS);
  }

  @Override
  protected boolean storeIsEmpty() {
    try (S3Calls calls = new S3Calls(spec, KEYS, settings(), Clock.systemUTC())) {
      return calls.list("").isEmpty() && calls.openUploads("").isEmpty();
    }
  }

  @Test
  void refusesWrongKeysWithoutSayingThem() {
    try (Repository wrong = open(spec, new S3Keys(KEYS.accessKey(), "wrong-canary", null))) {
      assertThatThrownBy(() -> wrong.list(""))
          .isInstanceOfSatisfying(
              JobFailure.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.REPOSITORY_REFUSED);
                assertThat(e.toString() + e.getCause()).doesNotContain("canary");
              });
    }
  }

  @Test
  void refusesAMissingBucket() {
    try (Repository wrong = open(spec("nowhere", ""), KEYS)) {
      assertThatThrownBy(() -> wrong.stage("a", 1).commit("00"))
          .isInstanceOfSatisfying(
              JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REPOSITORY_REFUSED));
    }
  }

  private static Repository open(S3RepositorySpec spec, S3Keys keys) {
    return new S3Repository(spec, keys, settings(), Waiter.real(), Clock.systemUTC());
  }

  private static S3Settings settings() {
    return new S3Settings(PART_BYTES, 2, Duration.ofSeconds(10));
  }

  private static S3RepositorySpec spec(String bucket, String prefix) {
    return new S3RepositorySpec(
        "test", store.endpoint(), null, bucket, prefix, new SecretRef("keys"));
  }
}
