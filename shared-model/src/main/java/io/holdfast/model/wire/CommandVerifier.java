package io.holdfast.model.wire;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** Checks signatures against the public keys a worker trusts. Thread-safe. */
public final class CommandVerifier {
  private final Map<String, PublicKey> trusted;

  private CommandVerifier(Map<String, PublicKey> trusted) {
    this.trusted = trusted;
  }

  /**
   * @param trusted key id -> public key, X.509 DER in Base64
   * @throws IllegalArgumentException when one is not an Ed25519 public key
   */
  public static CommandVerifier of(Map<String, String> trusted) {
    Map<String, PublicKey> keys = new TreeMap<>();
    trusted.forEach(
        (id, text) -> {
          try {
            byte[] der = Base64.getMimeDecoder().decode(text);
            keys.put(
                id, KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der)));
          } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not an Ed25519 public key: " + id, e);
          }
        });
    return new CommandVerifier(keys);
  }

  /** Whether a trusted key signed exactly these bytes; false for whatever cannot be read. */
  public boolean accepts(String keyId, String signatureBase64, byte[] value) {
    PublicKey key = keyId == null ? null : trusted.get(keyId);
    if (key == null || signatureBase64 == null) {
      return false;
    }
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(key);
      signature.update(value);
      return signature.verify(Base64.getDecoder().decode(signatureBase64));
    } catch (SignatureException | IllegalArgumentException malformed) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Ed25519 is part of every JDK", e);
    }
  }
}
