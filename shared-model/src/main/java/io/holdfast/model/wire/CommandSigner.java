package io.holdfast.model.wire;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** Signs commands with Ed25519 (RFC 8032). Held by the API only. Thread-safe. */
public final class CommandSigner {
  private final String keyId;
  private final PrivateKey key;

  private CommandSigner(String keyId, PrivateKey key) {
    this.keyId = keyId;
    this.key = key;
  }

  /**
   * @param pkcs8Base64 the private key, PKCS#8 DER in Base64 (a PEM body without its frame)
   * @throws IllegalArgumentException when it is not an Ed25519 private key
   */
  public static CommandSigner of(String keyId, String pkcs8Base64) {
    try {
      byte[] der = Base64.getMimeDecoder().decode(pkcs8Base64);
      return new CommandSigner(
          keyId, KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der)));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not an Ed25519 private key", e);
    }
  }

  public String keyId() {
    return keyId;
  }

  /** The signature of exactly these bytes, in Base64. */
  public String sign(byte[] value) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(value);
      return Base64.getEncoder().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Ed25519 is part of every JDK", e);
    }
  }
}
