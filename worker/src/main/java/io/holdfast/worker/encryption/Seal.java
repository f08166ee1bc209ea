package io.holdfast.worker.encryption;

import io.holdfast.model.manifest.Encryption;
import io.holdfast.worker.codec.Encoder;
import io.holdfast.worker.failure.JobFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * How the objects of one backup, or of a group of WAL, are encrypted, with its keys resolved and
 * tried. Thread-safe.
 */
public interface Seal {
  /** Objects as they are. */
  static Seal none() {
    return Unsealed.INSTANCE;
  }

  /** For a reader of stored bytes without the key. */
  static Seal locked(Encryption encryption, JobFailure because) {
    return new Locked(encryption, because);
  }

  /** What manifests and labels say of it; null: no encryption. */
  Encryption describe();

  /** What is appended to the names of its objects. */
  String suffix();

  /**
   * Encrypts one object.
   *
   * @param key the object's own, in the repository
   * @param target not closed by the encoder
   */
  Encoder encoder(String key, OutputStream target) throws IOException;

  /**
   * Decrypts one object. The stream throws {@link IOException} when it was changed, cut, lengthened
   * or put there from elsewhere, before or at its end.
   *
   * @param stored closed with what is returned
   * @throws JobFailure KEY_UNAVAILABLE when this worker may not read it
   */
  InputStream decoder(String key, InputStream stored) throws IOException;

  /**
   * @throws JobFailure KEY_UNAVAILABLE when this worker may not read what is encrypted so
   */
  void requireReadable();

  /** Whether this worker may read what is encrypted so. */
  default boolean readable() {
    try {
      requireReadable();
      return true;
    } catch (JobFailure refused) {
      return false;
    }
  }

  /** What proves that this worker wrote a manifest; empty without encryption. */
  Optional<Voucher> vouch(byte[] manifest);

  /**
   * @param voucher as it was read; null when there is none
   * @return why it does not prove the manifest; empty when it does, or nothing has to
   */
  Optional<String> refuses(byte[] manifest, byte[] voucher);

  /**
   * A digest that who has not the keys cannot compare with that of a guess, where the kind has such
   * a thing.
   *
   * @param sha256 of plain bytes
   * @return hexadecimal
   */
  String blind(byte[] sha256);

  /** A signature of a small document; null where the kind proves its objects otherwise. */
  byte[] sign(byte[] document);

  /**
   * @param signature null: none
   * @return why it does not prove the document; empty when it does, or nothing has to
   */
  Optional<String> refusesSignature(byte[] document, byte[] signature);

  /** Whether this worker can tell a manifest that was forged. */
  boolean authenticates();

  /**
   * A small object beside the others.
   *
   * @param name of the file
   */
  record Voucher(String name, byte[] content) {}

  /** As {@link #encoder}, for an object that is in memory. */
  default byte[] seal(String key, byte[] plain) throws IOException {
    ByteArrayOutputStream sealed = new ByteArrayOutputStream(plain.length + 4096);
    try (Encoder encoder = encoder(key, sealed)) {
      encoder.write(plain, 0, plain.length);
      encoder.finish();
    }
    return sealed.toByteArray();
  }
}
