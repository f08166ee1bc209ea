package io.holdfast.worker.encryption;

import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.UnaryOperator;

/** What somebody does who may write to a repository and knows its format, but has no keys. */
final class Forgery {
  private Forgery() {}

  /**
   * Edits a manifest and what vouches for it by digest.
   *
   * @param backup the folder of the manifest
   */
  static void edit(Path backup, UnaryOperator<String> change) throws IOException {
    Path manifest = backup.resolve("manifest.json");
    String before = Files.readString(manifest);
    String after = change.apply(before);
    if (after.equals(before)) {
      throw new IllegalArgumentException("the edit changes nothing");
    }
    byte[] forged = after.getBytes(StandardCharsets.UTF_8);
    Files.write(manifest, forged);
    Path sums = backup.resolve(Wire.read(forged, Manifest.class).runId() + "/SHA256SUMS");
    Files.writeString(
        sums,
        Files.readString(sums).replaceFirst("[0-9a-f]{64}  \\.\\./", sha256(forged) + "  ../"));
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
