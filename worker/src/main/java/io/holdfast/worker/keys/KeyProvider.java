package io.holdfast.worker.keys;

import io.holdfast.worker.envelope.DataKey;
import io.holdfast.worker.failure.JobFailure;
import java.util.UUID;

/**
 * A key-encryption key, wherever it is kept; it need never leave there. What it wraps is bound to
 * the folder of the data key's objects and to the data key's id. Thread-safe.
 */
public interface KeyProvider {
  /** What keeps keys. */
  enum Keeper {
    /** The worker, in a file or its environment. */
    LOCAL,
    AWS_KMS,
    VAULT_TRANSIT
  }

  Keeper keeper();

  /** Tells this key from any other and nothing else of it. */
  String fingerprint();

  /**
   * @throws JobFailure KEY_UNAVAILABLE, KEY_REFUSED
   */
  byte[] wrap(DataKey key, String folder);

  /**
   * @throws JobFailure KEY_REFUSED when this is not the key that wrapped it, or it was changed or
   *     put here from elsewhere, or the key is disabled; KEY_UNAVAILABLE
   */
  DataKey unwrap(byte[] wrapped, String folder, UUID id);
}
