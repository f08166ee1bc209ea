package io.holdfast.worker.envelope;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts or decrypts frames in order, AES-256-GCM each. A frame's nonce is its number and whether
 * it is the last one, so that none can be left out, repeated, moved or followed. The key is of one
 * object, so that no nonce is used twice with it. Used by one thread.
 */
final class Frames {
  static final int TAG_BYTES = 16;
  private static final int TAG_BITS = 8 * TAG_BYTES;
  private static final int NONCE_BYTES = 12;

  private final Cipher cipher;
  private final SecretKey key;
  private long next;

  Frames(SecretKey key) {
    this.key = key;
    try {
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  /** The number of the next frame, from 0. */
  long next() {
    return next;
  }

  /**
   * @return how many bytes were put into {@code sealed}
   */
  int seal(byte[] plain, int length, boolean last, byte[] sealed) {
    try {
      return run(Cipher.ENCRYPT_MODE, plain, length, last, sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("encrypting failed", e);
    }
  }

  /**
   * @return how many bytes were put into {@code plain}
   * @throws AEADBadTagException when this is not that frame of that object; nothing of what was put
   *     there may be used
   */
  int open(byte[] sealed, int length, boolean last, byte[] plain) throws AEADBadTagException {
    if (length < TAG_BYTES) {
      throw new AEADBadTagException("too short");
    }
    try {
      return run(Cipher.DECRYPT_MODE, sealed, length, last, plain);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("decrypting failed", e);
    }
  }

  private int run(int mode, byte[] from, int length, boolean last, byte[] to)
      throws GeneralSecurityException {
    byte[] nonce = ByteBuffer.allocate(NONCE_BYTES).putLong(next++).putInt(last ? 1 : 0).array();
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    return cipher.doFinal(from, 0, length, to, 0);
  }
}
