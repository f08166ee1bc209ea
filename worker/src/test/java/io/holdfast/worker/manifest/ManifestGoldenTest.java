package io.holdfast.worker.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The golden file is never edited: another format gets another file. */
class ManifestGoldenTest {
  private static final List<Artifact> OBJECTS = List.of(Manifests.baseTar(Manifests.RUN, 2048));

  static Stream<Arguments> samples() {
    return Stream.of(
        Arguments.of("manifest-format-1", Manifests.of(Manifests.RUN, 1, OBJECTS)),
        Arguments.of(
            "manifest-format-1-incremental", Manifests.incremental(Manifests.RUN, 1, OBJECTS)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void writesFormat1AsItAlwaysDid(String file, Manifest manifest) throws IOException {
    assertThat(new String(Wire.document(manifest), StandardCharsets.UTF_8))
        .isEqualTo(new String(golden(file), StandardCharsets.UTF_8));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void readsFormat1(String file, Manifest manifest) throws IOException {
    assertThat(Wire.read(golden(file), Manifest.class)).isEqualTo(manifest);
  }

  private static byte[] golden(String file) throws IOException {
    try (InputStream in = ManifestGoldenTest.class.getResourceAsStream("/" + file + ".json")) {
      return in.readAllBytes();
    }
  }
}
