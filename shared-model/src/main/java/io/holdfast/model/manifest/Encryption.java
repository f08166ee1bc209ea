package io.holdfast.model.manifest;

import java.util.List;

/**
 * How the objects of a backup, or a file of WAL, are encrypted; {@code
 * docs/repository-format.md#encryption}.
 *
 * @param type {@code OPENPGP} or {@code ENVELOPE}
 * @param keys {@code OPENPGP}: who can read it
 * @param dataKeyId {@code ENVELOPE}: which data key; its wrapped forms lie beside the objects
 * @param signer {@code OPENPGP}: who signed
 */
public record Encryption(Type type, List<Key> keys, String dataKeyId, Key signer) {
  public enum Type {
    OPENPGP,
    ENVELOPE
  }

  /**
   * @param name in the credentials file of the worker that used it
   * @param fingerprint upper-case hexadecimal
   */
  public record Key(String name, String fingerprint) {}

  public static Encryption envelope(String dataKeyId) {
    return new Encryption(Type.ENVELOPE, null, dataKeyId, null);
  }

  public static Encryption openPgp(List<Key> recipients, Key signer) {
    return new Encryption(Type.OPENPGP, List.copyOf(recipients), null, signer);
  }
}
