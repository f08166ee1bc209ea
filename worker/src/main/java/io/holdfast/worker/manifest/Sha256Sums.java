package io.holdfast.worker.manifest;

import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.encryption.Seal.Voucher;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * {@code SHA256SUMS} of a run's stored objects and of its manifest, as {@code sha256sum -c} reads
 * it beside them.
 */
final class Sha256Sums {
  private Sha256Sums() {}

  /**
   * @param json the manifest as it is stored
   * @param voucher what proves it; null: nothing
   */
  static byte[] of(Manifest manifest, byte[] json, Voucher voucher) {
    String folder = manifest.runId() + "/";
    StringBuilder lines = new StringBuilder();
    for (Artifact artifact : manifest.artifacts()) {
      if (!artifact.object().startsWith(folder)) {
        throw new IllegalArgumentException(artifact.object() + " is not of run " + folder);
      }
      lines
          .append(artifact.stored().sha256())
          .append("  ")
          .append(artifact.object(), folder.length(), artifact.object().length())
          .append('\n');
    }
    if (voucher != null) {
      lines.append(digest(voucher.content())).append("  ").append(voucher.name()).append('\n');
    }
    return lines.append(lineOf(json)).toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether the file was written for exactly this manifest. */
  static boolean vouchFor(byte[] sums, byte[] json) {
    return new String(sums, StandardCharsets.ISO_8859_1).endsWith("\n" + lineOf(json));
  }

  private static String lineOf(byte[] json) {
    return digest(json) + "  ../" + BackupLayout.MANIFEST + "\n";
  }

  static String digest(byte[] json) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
