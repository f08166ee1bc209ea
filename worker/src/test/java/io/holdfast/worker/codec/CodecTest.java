package io.holdfast.worker.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.Codec;
import io.holdfast.model.CompressionSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CodecTest {
  @TempDir Path folder;

  static Stream<Arguments> codecsAndSizes() {
    return Arrays.stream(Codec.values())
        .flatMap(
            codec ->
                IntStream.of(0, 1, 256 * 1024, 256 * 1024 + 1, 9_000_000)
                    .mapToObj(size -> Arguments.of(codec, size)));
  }

  @ParameterizedTest
  @MethodSource("codecsAndSizes")
  void returnsTheBytesItEncoded(Codec codec, int size) throws IOException {
    byte[] plain = plain(size);
    assertThat(decode(codec, encode(codec, null, plain))).isEqualTo(plain);
  }

  @ParameterizedTest
  @EnumSource(value = Codec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void failsOnAStreamCutAnywhere(Codec codec) throws IOException {
    byte[] whole = encode(codec, null, plain(3_000));
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> decode(codec, cut))
          .as("%s cut to %d of %d bytes", codec, length, whole.length)
          .isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Codec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void failsOnAStreamOfManyBlocksCutAnywhere(Codec codec) throws IOException {
    byte[] whole = encode(codec, null, plain(6_000_000));
    Random random = new Random(1);
    IntStream lengths =
        IntStream.concat(
            IntStream.range(whole.length - 16, whole.length), random.ints(40, 0, whole.length));
    for (int length : lengths.toArray()) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> decode(codec, cut)).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Codec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void writesNoEndWhenItIsClosedUnfinished(Codec codec) throws IOException {
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try (Encoder encoder = Encoders.open(new CompressionSpec(codec, null, null, null), stored)) {
      encoder.write(plain(5_000_000));
    }
    assertThatThrownBy(() -> decode(codec, stored.toByteArray())).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "ZSTD, zstd -dc, 3",
    "ZSTD, zstd -dc, 19",
    "GZIP, zcat, 1",
    "GZIP, zcat, 9",
    "LZ4, lz4 -dc, 0",
    "LZ4, lz4 -dc, 9"
  })
  void isReadByTheStandardTool(Codec codec, String tool, int level) throws Exception {
    byte[] plain = plain(5_000_000);
    Path file = folder.resolve("stored" + codec.suffix());
    Files.write(file, encode(codec, level, plain));
    assertThat(run(tool + " stored" + codec.suffix())).isEqualTo(plain);
  }

  @ParameterizedTest
  @CsvSource({
    "ZSTD, zstd -qc plain",
    "ZSTD, zstd -qc plain; zstd -qc plain",
    "GZIP, gzip -c plain",
    "GZIP, gzip -c plain; gzip -c plain",
    "LZ4, lz4 -qc plain",
    "LZ4, lz4 -qc -BD plain",
    "LZ4, lz4 -qc plain; lz4 -qc plain"
  })
  void readsWhatTheStandardToolWrites(Codec codec, String script) throws Exception {
    byte[] plain = plain(3_000_000);
    Files.write(folder.resolve("plain"), plain);
    int copies = script.contains(";") ? 2 : 1;
    byte[] expected = Arrays.copyOf(plain, copies * plain.length);
    System.arraycopy(plain, 0, expected, expected.length - plain.length, plain.length);
    assertThat(decode(codec, run(script))).isEqualTo(expected);
  }

  private byte[] run(String script) throws Exception {
    File out = folder.resolve("out").toFile();
    Process process =
        new ProcessBuilder(List.of("sh", "-c", script))
            .directory(folder.toFile())
            .redirectOutput(out)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.waitFor()).isZero();
    return Files.readAllBytes(out.toPath());
  }

  private static byte[] encode(Codec codec, Integer level, byte[] plain) throws IOException {
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try (Encoder encoder = Encoders.open(new CompressionSpec(codec, level, null, null), stored)) {
      encoder.write(plain);
      encoder.finish();
    }
    return stored.toByteArray();
  }

  private static byte[] decode(Codec codec, byte[] stored) throws IOException {
    try (InputStream in = Decoders.open(codec, new ByteArrayInputStream(stored))) {
      return in.readAllBytes();
    }
  }

  private static byte[] plain(int size) {
    byte[] bytes = new byte[size];
    Random random = new Random(size);
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) ('a' + random.nextInt(8));
    }
    return bytes;
  }
}
