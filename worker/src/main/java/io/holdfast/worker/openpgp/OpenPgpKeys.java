package io.holdfast.worker.openpgp;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.secret.OpenPgpKey;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSignature;

/**
 * The OpenPGP keys of a worker, by the names in its credentials file; what those files say now is
 * what holds. Thread-safe.
 */
public final class OpenPgpKeys {
  private static final int ENCRYPTS = KeyFlags.ENCRYPT_COMMS | KeyFlags.ENCRYPT_STORAGE;

  private final Credentials credentials;
  private final Clock clock;
  private final KeyFiles files = new KeyFiles();

  public OpenPgpKeys(Credentials credentials, Clock clock) {
    this.credentials = credentials;
    this.clock = clock;
  }

  /**
   * Somebody to encrypt to.
   *
   * @param fingerprint of the whole key, upper-case hexadecimal
   * @param key that of its parts which encrypts
   */
  public record Recipient(String name, String fingerprint, PGPPublicKey key) {}

  /**
   * Who signs.
   *
   * @param fingerprint of the whole key, upper-case hexadecimal
   */
  public record Signer(String name, String fingerprint, PGPPublicKey key, PGPPrivateKey secret) {
    @Override
    public String toString() {
      return "Signer[" + name + ", " + fingerprint + "]";
    }
  }

  /**
   * @throws JobFailure KEY_UNAVAILABLE; KEY_REFUSED when the key is revoked, expired or encrypts
   *     nothing
   */
  public Recipient recipient(SecretRef ref) {
    PGPPublicKeyRing ring = publicRing(ref);
    return new Recipient(
        ref.name(), fingerprint(ring.getPublicKey()), usable(ref, ring, "encrypt", ENCRYPTS));
  }

  /**
   * @throws JobFailure KEY_UNAVAILABLE when this worker has no secret half of it; KEY_REFUSED when
   *     it is revoked, expired or locked by another passphrase
   */
  public Signer signer(SecretRef ref) {
    OpenPgpKey entry = credentials.openPgpKey(ref);
    if (entry.secretKeyFile() == null || !entry.signs()) {
      throw new JobFailure(
          ErrorCode.KEY_UNAVAILABLE,
          "this worker cannot sign with OpenPGP key '" + ref + "'",
          "Give keys.openPgp." + ref + " a secretKeyFile and 'signs: true', or name another key.");
    }
    PGPPublicKeyRing ring = publicRing(ref);
    PGPPublicKey key = usable(ref, ring, "sign", KeyFlags.SIGN_DATA);
    PGPSecretKey locked =
        files.secretRing(ref.name(), entry.secretKeyFile()).getSecretKey(key.getKeyID());
    if (locked == null || locked.isPrivateKeyEmpty()) {
      throw new JobFailure(
          ErrorCode.KEY_UNAVAILABLE,
          "the secret key file of OpenPGP key '" + ref + "' has not the part that signs",
          "Export both halves of the same key.");
    }
    return new Signer(
        ref.name(),
        fingerprint(ring.getPublicKey()),
        key,
        files.unlock(ref.name(), locked, entry.passphraseFile()));
  }

  /**
   * The secret half with an id.
   *
   * @return empty when this worker has it not
   * @throws JobFailure KEY_UNAVAILABLE when a key file cannot be read, KEY_REFUSED when it cannot
   *     be unlocked
   */
  Optional<PGPPrivateKey> secret(long keyId) {
    for (Map.Entry<String, OpenPgpKey> entry : credentials.openPgpKeys().entrySet()) {
      OpenPgpKey key = entry.getValue();
      if (key.secretKeyFile() != null) {
        PGPSecretKey locked =
            files.secretRing(entry.getKey(), key.secretKeyFile()).getSecretKey(keyId);
        if (locked != null && !locked.isPrivateKeyEmpty()) {
          return Optional.of(files.unlock(entry.getKey(), locked, key.passphraseFile()));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Proves that this worker can decrypt for one of some keys.
   *
   * @param fingerprints of whole keys, upper-case hexadecimal
   * @throws JobFailure KEY_UNAVAILABLE when it has none of them; KEY_REFUSED when it cannot unlock
   *     the one that it has
   */
  public void requireSecretOf(List<String> fingerprints) {
    for (Map.Entry<String, OpenPgpKey> entry : credentials.openPgpKeys().entrySet()) {
      OpenPgpKey key = entry.getValue();
      if (key.secretKeyFile() == null
          || !fingerprints.contains(
              fingerprint(files.publicRing(entry.getKey(), key.publicKeyFile()).getPublicKey()))) {
        continue;
      }
      Iterator<PGPSecretKey> parts =
          files.secretRing(entry.getKey(), key.secretKeyFile()).getSecretKeys();
      while (parts.hasNext()) {
        PGPSecretKey part = parts.next();
        if (!part.isPrivateKeyEmpty() && part.getPublicKey().isEncryptionKey()) {
          PGPPrivateKey unused = files.unlock(entry.getKey(), part, key.passphraseFile());
          return;
        }
      }
    }
    throw new JobFailure(
        ErrorCode.KEY_UNAVAILABLE,
        "this worker has the secret half of none of the keys " + String.join(", ", fingerprints),
        "Restore on a worker that has one of them in keys.openPgp of its credentials file.");
  }

  /** A key whose signatures are believed; empty when there is none with that id. */
  Optional<Trusted> trusted(long keyId) {
    return credentials.openPgpKeys().entrySet().stream()
        .filter(entry -> entry.getValue().signs())
        .map(
            entry ->
                new Trusted(
                    entry.getKey(),
                    files.publicRing(entry.getKey(), entry.getValue().publicKeyFile()),
                    keyId))
        .filter(candidate -> candidate.key() != null)
        .findFirst();
  }

  /** A key of somebody who is believed. */
  record Trusted(String name, PGPPublicKeyRing ring, long keyId) {
    PGPPublicKey key() {
      return ring.getPublicKey(keyId);
    }

    boolean revoked() {
      return ring.getPublicKey().hasRevocation() || key().hasRevocation();
    }
  }

  private PGPPublicKeyRing publicRing(SecretRef ref) {
    return files.publicRing(ref.name(), credentials.openPgpKey(ref).publicKeyFile());
  }

  /** The newest part that serves; the whole key must be good, too. */
  private PGPPublicKey usable(SecretRef ref, PGPPublicKeyRing ring, String what, int flags) {
    PGPPublicKey whole = ring.getPublicKey();
    if (whole.hasRevocation()) {
      throw refused(ref, "it is revoked", what);
    }
    if (expired(whole)) {
      throw refused(ref, "it expired at " + expiry(whole), what);
    }
    PGPPublicKey newest = null;
    String because = "no part of it can " + what;
    for (PGPPublicKey part : ring) {
      if (!serves(part, flags)) {
        continue;
      }
      if (part.hasRevocation()) {
        because = "the part of it that can " + what + " is revoked";
      } else if (expired(part)) {
        because = "the part of it that can " + what + " expired at " + expiry(part);
      } else if (newest == null || part.getCreationTime().after(newest.getCreationTime())) {
        newest = part;
      }
    }
    if (newest == null) {
      throw refused(ref, because, what);
    }
    return newest;
  }

  private static boolean serves(PGPPublicKey part, int flags) {
    if (flags == ENCRYPTS && !part.isEncryptionKey()) {
      return false;
    }
    int granted = 0;
    Iterator<PGPSignature> signatures = part.getSignatures();
    while (signatures.hasNext()) {
      PGPSignature signature = signatures.next();
      if (signature.getHashedSubPackets() != null) {
        granted |= signature.getHashedSubPackets().getKeyFlags();
      }
    }
    return (granted & flags) != 0;
  }

  private boolean expired(PGPPublicKey key) {
    return key.getValidSeconds() > 0 && !clock.instant().isBefore(expiry(key));
  }

  private static Instant expiry(PGPPublicKey key) {
    return key.getCreationTime().toInstant().plusSeconds(key.getValidSeconds());
  }

  private static JobFailure refused(SecretRef ref, String why, String what) {
    return new JobFailure(
        ErrorCode.KEY_REFUSED,
        "OpenPGP key '" + ref + "' cannot " + what + ": " + why,
        "Give keys.openPgp." + ref + " a key that is valid, or name another one.");
  }

  static String fingerprint(PGPPublicKey key) {
    return HexFormat.of().formatHex(key.getFingerprint()).toUpperCase(Locale.ROOT);
  }
}
