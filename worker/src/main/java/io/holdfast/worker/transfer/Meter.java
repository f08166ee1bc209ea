package io.holdfast.worker.transfer;

import io.holdfast.model.manifest.Artifact.Digest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Counts and digests bytes. Used by one thread at a time. */
final class Meter {
  private final MessageDigest sha256;
  private long bytes;

  Meter() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  void add(byte[] buffer, int offset, int length) {
    sha256.update(buffer, offset, length);
    bytes += length;
  }

  /** Call once, at the end. */
  Digest digest() {
    return new Digest(bytes, HexFormat.of().formatHex(sha256.digest()));
  }
}
