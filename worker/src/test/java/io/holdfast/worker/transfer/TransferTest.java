package io.holdfast.worker.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.Codec;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.worker.encryption.Seal;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.rate.RateLimit;
import io.holdfast.worker.repository.filesystem.FilesystemRepository;
import io.holdfast.worker.source.Source;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransferTest {
  private static final String KEY = "clusters/c/object";
  @TempDir Path root;
  private FilesystemRepository repository;
  private Transfer transfer;

  @BeforeEach
  void openRepository() {
    repository = new FilesystemRepository(root);
    transfer = new Transfer(repository, Progress.silent(), RateLimit.none());
  }

  @ParameterizedTest
  @EnumSource
  void returnsTheBytesItStored(Codec codec) throws IOException {
    byte[] plain = compressible(3_000_001);
    TransferSummary summary = store(codec, plain);
    try (InputStream in = transfer.open(KEY, artifact(summary), Seal.none())) {
      assertThat(in.readAllBytes()).isEqualTo(plain);
    }
    assertThat(summary.plain().bytes()).isEqualTo(plain.length);
    assertThat(summary.stored().bytes()).isEqualTo(Files.size(root.resolve(KEY)));
    transfer.checksum(KEY, artifact(summary));
  }

  @ParameterizedTest
  @EnumSource
  void findsAFlippedByteAnywhere(Codec codec) throws IOException {
    TransferSummary summary = store(codec, compressible(200_000));
    byte[] good = Files.readAllBytes(root.resolve(KEY));
    Random random = new Random(7);
    for (int i = 0; i < 100; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(root.resolve(KEY), bad);
      assertDamaged(summary);
    }
  }

  @ParameterizedTest
  @EnumSource
  void findsATruncationAndAnAppendedByte(Codec codec) throws IOException {
    TransferSummary summary = store(codec, compressible(200_000));
    byte[] good = Files.readAllBytes(root.resolve(KEY));
    Files.write(root.resolve(KEY), java.util.Arrays.copyOf(good, good.length - 1));
    assertDamaged(summary);
    Files.write(root.resolve(KEY), good);
    Files.write(root.resolve(KEY), new byte[] {0}, StandardOpenOption.APPEND);
    assertDamaged(summary);
    Files.delete(root.resolve(KEY));
    assertDamaged(summary);
  }

  @Test
  void leavesNothingWhenTheSourceFailsAfterItsLastByte() {
    JobFailure died = new JobFailure(ErrorCode.SOURCE_FAILED, "pg_dump exited 1", null);
    Source source = source(new ByteArrayInputStream(compressible(100_000)), died);
    assertThatThrownBy(() -> transfer.store(source, KEY, CompressionSpec.zstd(), 0, List.of()))
        .isSameAs(died);
    assertNothingLeft();
  }

  @Test
  void leavesNothingWhenATapRefuses() {
    JobFailure refused = new JobFailure(ErrorCode.SOURCE_FAILED, "not a tar", null);
    Tap tap =
        new Tap() {
          @Override
          public void bytes(byte[] buffer, int offset, int length) {}

          @Override
          public void end() {
            throw refused;
          }
        };
    Source source = source(new ByteArrayInputStream(compressible(100_000)), null);
    assertThatThrownBy(() -> transfer.store(source, KEY, CompressionSpec.zstd(), 0, List.of(tap)))
        .isSameAs(refused);
    assertNothingLeft();
  }

  private void assertNothingLeft() {
    assertThat(repository.list("")).isEmpty();
    assertThat(root).isEmptyDirectory();
  }

  private void assertDamaged(TransferSummary summary) {
    Artifact artifact = artifact(summary);
    assertThatThrownBy(
            () -> {
              try (InputStream in = transfer.open(KEY, artifact, Seal.none())) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
              }
            })
        .isInstanceOfSatisfying(
            JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ARTIFACT_DAMAGED));
    assertThatThrownBy(() -> transfer.checksum(KEY, artifact))
        .isInstanceOfSatisfying(
            JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ARTIFACT_DAMAGED));
  }

  private TransferSummary store(Codec codec, byte[] plain) {
    return transfer.store(
        source(new ByteArrayInputStream(plain), null),
        KEY,
        new CompressionSpec(codec, null, null, null),
        0,
        List.of());
  }

  static Artifact artifact(TransferSummary summary) {
    return new Artifact(
        Artifact.Kind.DUMP_CUSTOM,
        "object",
        "db",
        null,
        summary.codec(),
        summary.plain(),
        summary.stored());
  }

  static Source source(InputStream stream, JobFailure atTheEnd) {
    return new Source() {
      @Override
      public InputStream stream() {
        return stream;
      }

      @Override
      public void complete() {
        if (atTheEnd != null) {
          throw atTheEnd;
        }
      }

      @Override
      public void close() {}
    };
  }

  static byte[] compressible(int length) {
    byte[] bytes = new byte[length];
    Random random = new Random(42);
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) ('a' + random.nextInt(6));
    }
    return bytes;
  }
}
