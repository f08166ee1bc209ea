package io.holdfast.worker.manifest;

import io.holdfast.model.RunId;
import io.holdfast.model.manifest.Artifact;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code SHA256SUMS} of a run's stored objects, as {@code sha256sum -c} reads it beside them. */
final class Sha256Sums {
  private Sha256Sums() {}

  static byte[] of(RunId run, List<Artifact> artifacts) {
    String folder = run + "/";
    StringBuilder lines = new StringBuilder();
    for (Artifact artifact : artifacts) {
      if (!artifact.object().startsWith(folder)) {
        throw new IllegalArgumentException(artifact.object() + " is not of run " + run);
      }
      lines
          .append(artifact.stored().sha256())
          .append("  ")
          .append(artifact.object(), folder.length(), artifact.object().length())
          .append('\n');
    }
    return lines.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
