package io.holdfast.model.repository;

/**
 * What the store itself is asked to encrypt with, beside whatever the worker did.
 *
 * @param mode whose keys
 * @param keyId of KMS; null: the bucket's default. Only with {@link Mode#KMS}
 */
public record ServerEncryption(Mode mode, String keyId) {
  /** The store's own keys, or those of its key service. */
  public enum Mode {
    S3,
    KMS
  }

  public ServerEncryption {
    if (mode == null) {
      throw new IllegalArgumentException("a mode is needed");
    }
    if (keyId != null && mode != Mode.KMS) {
      throw new IllegalArgumentException("keyId is for KMS only");
    }
  }
}
