package io.holdfast.worker.envelope;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC-SHA-256, and keys derived with it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5869">RFC 5869</a>
 */
final class Hkdf {
  static final int BYTES = 32;
  private static final byte FIRST_BLOCK = 1;

  private Hkdf() {}

  /** One key of {@value #BYTES} bytes. */
  static byte[] derive(byte[] secret, byte[] salt, byte[] info) {
    byte[] extracted = hmac(salt.length == 0 ? new byte[BYTES] : salt, secret);
    return hmac(extracted, ByteBuffer.allocate(info.length + 1).put(info).put(FIRST_BLOCK).array());
  }

  static byte[] hmac(byte[] key, byte[] text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    }
  }
}
