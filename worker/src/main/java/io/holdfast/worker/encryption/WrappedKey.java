package io.holdfast.worker.encryption;

import io.holdfast.worker.keys.KeyProvider.Keeper;

/**
 * A data key as it lies in a repository, wrapped.
 *
 * @param format 1
 * @param folder of the objects that it encrypts, without a slash at the end
 * @param key the name of the key-encryption key in the workers' credentials files
 * @param fingerprint of the key-encryption key
 * @param wrapped in Base64 where this is written
 */
record WrappedKey(
    int format,
    String dataKeyId,
    String folder,
    Keeper keeper,
    String key,
    String fingerprint,
    byte[] wrapped) {
  static final int FORMAT = 1;

  /** It, or an {@link IllegalArgumentException} when it is none that can be used. */
  WrappedKey checked() {
    if (format != FORMAT
        || dataKeyId == null
        || folder == null
        || keeper == null
        || key == null
        || fingerprint == null
        || wrapped == null) {
      throw new IllegalArgumentException("not a wrapped key of format " + FORMAT);
    }
    return this;
  }
}
