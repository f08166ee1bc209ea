package io.holdfast.worker.envelope;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * 32 random bytes from which every key of one backup, or of one group of WAL, is derived. Lies in a
 * repository wrapped only.
 */
public final class DataKey {
  public static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final UUID id;
  private final byte[] secret;

  /**
   * @param secret {@value #BYTES} bytes
   */
  public DataKey(UUID id, byte[] secret) {
    if (secret.length != BYTES) {
      throw new IllegalArgumentException("a data key has 32 bytes, not " + secret.length);
    }
    this.id = id;
    this.secret = secret.clone();
  }

  public static DataKey random() {
    return random(UUID.randomUUID());
  }

  public static DataKey random(UUID id) {
    return new DataKey(id, randomBytes(BYTES));
  }

  static byte[] randomBytes(int count) {
    byte[] bytes = new byte[count];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  public UUID id() {
    return id;
  }

  /** For wrapping. */
  public byte[] secret() {
    return secret.clone();
  }

  /** The key of one object; another header or name is another key. */
  SecretKey objectKey(SealedHeader header, String object) {
    byte[] begin = header.bytes();
    byte[] name = object.getBytes(StandardCharsets.UTF_8);
    byte[] info = ByteBuffer.allocate(begin.length + name.length).put(begin).put(name).array();
    return new SecretKeySpec(Hkdf.derive(secret, header.salt(), info), "AES");
  }

  /** What only somebody who has this key can say of a document; lower-case hexadecimal. */
  public String vouch(byte[] document) {
    return keyed("holdfast manifest 1", document);
  }

  /** Whether {@link #vouch} said this of the document. Takes as long whatever it is. */
  public boolean vouched(byte[] document, String voucher) {
    return MessageDigest.isEqual(
        vouch(document).getBytes(StandardCharsets.US_ASCII),
        voucher.getBytes(StandardCharsets.UTF_8));
  }

  /** A digest of a digest that tells nothing to those without this key; hexadecimal. */
  public String blind(byte[] digest) {
    return keyed("holdfast plain digest 1", digest);
  }

  private String keyed(String purpose, byte[] text) {
    byte[] key = Hkdf.derive(secret, new byte[0], purpose.getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(Hkdf.hmac(key, text));
  }

  @Override
  public String toString() {
    return "DataKey[" + id + "]";
  }
}
