package io.holdfast.worker.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The golden file is never edited: another format gets another file. */
class ManifestGoldenTest {
  private static final Manifest MANIFEST =
      Manifests.of(Manifests.RUN, 1, List.of(Manifests.baseTar(Manifests.RUN, 2048)));

  @Test
  void writesFormat1AsItAlwaysDid() throws IOException {
    assertThat(new String(Wire.document(MANIFEST), StandardCharsets.UTF_8))
        .isEqualTo(new String(golden(), StandardCharsets.UTF_8));
  }

  @Test
  void readsFormat1() throws IOException {
    assertThat(Wire.read(golden(), Manifest.class)).isEqualTo(MANIFEST);
  }

  private static byte[] golden() throws IOException {
    try (InputStream in = ManifestGoldenTest.class.getResourceAsStream("/manifest-format-1.json")) {
      return in.readAllBytes();
    }
  }
}
