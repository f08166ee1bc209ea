package io.holdfast.worker.openpgp;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.operator.jcajce.JcaKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.jcajce.JcePBESecretKeyDecryptorBuilder;

/**
 * Key files, read for each question and parsed when they have changed: unlocking a secret key takes
 * a good part of a second on purpose. Thread-safe.
 */
final class KeyFiles {
  private final Map<String, Parsed<PGPPublicKeyRing>> publicRings = new ConcurrentHashMap<>();
  private final Map<String, Parsed<PGPSecretKeyRing>> secretRings = new ConcurrentHashMap<>();
  private final Map<Long, Unlocked> unlocked = new ConcurrentHashMap<>();

  private record Parsed<T>(byte[] text, T ring) {}

  private record Unlocked(PGPSecretKey locked, char[] passphrase, PGPPrivateKey key) {
    @Override
    public String toString() {
      return "Unlocked[redacted]";
    }
  }

  private interface Parser<T> {
    T parse(byte[] text) throws IOException, PGPException;
  }

  /**
   * @throws JobFailure KEY_UNAVAILABLE when the file cannot be read or holds no public key
   */
  PGPPublicKeyRing publicRing(String name, String file) {
    return parsed(
        name,
        file,
        publicRings,
        text ->
            new PGPPublicKeyRing(
                PGPUtil.getDecoderStream(new ByteArrayInputStream(text)),
                new JcaKeyFingerprintCalculator()));
  }

  /**
   * @throws JobFailure KEY_UNAVAILABLE when the file cannot be read or holds no secret key
   */
  PGPSecretKeyRing secretRing(String name, String file) {
    return parsed(
        name,
        file,
        secretRings,
        text ->
            new PGPSecretKeyRing(
                PGPUtil.getDecoderStream(new ByteArrayInputStream(text)),
                new JcaKeyFingerprintCalculator()));
  }

  private static <T> T parsed(
      String name, String file, Map<String, Parsed<T>> known, Parser<T> parser) {
    try {
      byte[] text = Files.readAllBytes(Path.of(file));
      Parsed<T> before = known.get(file);
      if (before == null || !Arrays.equals(before.text(), text)) {
        before = new Parsed<>(text, parser.parse(text));
        known.put(file, before);
      }
      return before.ring();
    } catch (IOException | PGPException | RuntimeException e) {
      // Neither the message nor the cause: a parser may quote what it read.
      throw new JobFailure(
          ErrorCode.KEY_UNAVAILABLE,
          "OpenPGP key '" + name + "' cannot be used: a file of it cannot be read as one key",
          "Write it with 'gpg --export' or 'gpg --export-secret-keys', one key in a file; look at"
              + " keys.openPgp."
              + name
              + " in the worker's credentials file.");
    }
  }

  /**
   * @param passphraseFile null: none
   * @throws JobFailure KEY_REFUSED when the passphrase is not that of the key
   */
  PGPPrivateKey unlock(String name, PGPSecretKey locked, String passphraseFile) {
    char[] passphrase = passphrase(name, passphraseFile);
    Unlocked known = unlocked.get(locked.getKeyID());
    if (known != null
        && known.locked() == locked
        && Arrays.equals(known.passphrase(), passphrase)) {
      return known.key();
    }
    try {
      PGPPrivateKey key =
          locked.extractPrivateKey(
              new JcePBESecretKeyDecryptorBuilder().setProvider(Provider.KEYS).build(passphrase));
      unlocked.put(locked.getKeyID(), new Unlocked(locked, passphrase, key));
      return key;
    } catch (PGPException | RuntimeException e) {
      throw new JobFailure(
          ErrorCode.KEY_REFUSED,
          "the passphrase of OpenPGP key '" + name + "' does not open it",
          "Look at keys.openPgp." + name + ".passphraseFile in the worker's credentials file.");
    }
  }

  private static char[] passphrase(String name, String file) {
    if (file == null) {
      return new char[0];
    }
    try {
      return Files.readString(Path.of(file)).stripTrailing().toCharArray();
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.KEY_UNAVAILABLE,
          "the passphrase file of OpenPGP key '" + name + "' cannot be read",
          "Look at keys.openPgp." + name + ".passphraseFile in the worker's credentials file.");
    }
  }
}
