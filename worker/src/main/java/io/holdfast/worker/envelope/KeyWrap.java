package io.holdfast.worker.envelope;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key-encryption key that one has oneself: 32 bytes. Wraps by AES-256-GCM, a random nonce in
 * front, bound to whose data key it is.
 */
public final class KeyWrap {
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int SHOWN_BYTES = 8;

  private final byte[] key;

  private KeyWrap(byte[] key) {
    this.key = key;
  }

  /**
   * @param base64 32 bytes as {@code openssl rand -base64 32} writes them
   * @throws IllegalArgumentException when they are not, without showing them
   */
  public static KeyWrap parse(String base64) {
    byte[] key;
    try {
      key = Base64.getDecoder().decode(base64.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("it is not Base64");
    }
    if (key.length != DataKey.BYTES) {
      throw new IllegalArgumentException("it has " + key.length + " bytes, not 32");
    }
    return new KeyWrap(key);
  }

  /** Tells one key from another and nothing else of it; upper-case hexadecimal. */
  public String fingerprint() {
    byte[] check =
        Hkdf.derive(key, new byte[0], "holdfast key check 1".getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(Arrays.copyOf(check, SHOWN_BYTES)).toUpperCase(Locale.ROOT);
  }

  /**
   * @param folder where the data key's objects lie
   */
  public byte[] wrap(DataKey dataKey, String folder) {
    byte[] nonce = DataKey.randomBytes(NONCE_BYTES);
    try {
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, nonce, folder, dataKey.id()).doFinal(dataKey.secret());
      return ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("wrapping a key failed", e);
    }
  }

  /**
   * @throws AEADBadTagException when another key wrapped it, it was changed, or it is that of
   *     another folder or id
   */
  public DataKey unwrap(byte[] wrapped, String folder, UUID id) throws AEADBadTagException {
    if (wrapped.length <= NONCE_BYTES) {
      throw new AEADBadTagException("too short");
    }
    try {
      byte[] nonce = Arrays.copyOf(wrapped, NONCE_BYTES);
      byte[] secret =
          cipher(Cipher.DECRYPT_MODE, nonce, folder, id)
              .doFinal(wrapped, NONCE_BYTES, wrapped.length - NONCE_BYTES);
      return new DataKey(id, secret);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("unwrapping a key failed", e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String folder, UUID id)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(
        ("holdfast data key 1\n" + folder + "\n" + id).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  @Override
  public String toString() {
    return "KeyWrap[" + fingerprint() + "]";
  }
}
