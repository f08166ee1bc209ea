package io.holdfast.worker.encryption;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.manifest.Encryption;
import io.holdfast.worker.envelope.DataKey;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.repository.Repository;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Makes seals of what is declared and of what manifests say. Thread-safe. */
public final class Seals {
  private static final String KEYS = "keys/";
  private static final Predicate<String> UUID_TEXT =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").asMatchPredicate();

  private final Keyring keys;

  public Seals(Keyring keys) {
    this.keys = keys;
  }

  /**
   * A seal for objects that are to be written.
   *
   * @param first what has to lie beside them; null when nothing has
   */
  public record Begun(Seal seal, String folder, WrappedKey first) {
    /** Writes what a reader needs; before the first object. */
    public void keep(Repository repository) {
      if (first != null) {
        wrapped(repository, folder, first.dataKeyId()).create(first);
      }
    }
  }

  /**
   * Resolves and tries the keys. Nothing is written.
   *
   * @param spec null: no encryption
   * @param folder of a run, ending in a slash
   * @throws JobFailure KEY_UNAVAILABLE or KEY_REFUSED when what would be written could not be read
   */
  public Begun begin(EncryptionSpec spec, String folder) {
    return begin(spec, folder, UUID.randomUUID());
  }

  /**
   * As {@link #begin(EncryptionSpec, String)}, for who knows its own data key again by the id.
   *
   * @param dataKeyId never used before
   */
  public Begun begin(EncryptionSpec spec, String folder, UUID dataKeyId) {
    return switch (spec) {
      case null -> new Begun(Seal.none(), folder, null);
      case EncryptionSpec.Envelope envelope -> {
        DataKey key = DataKey.random(dataKeyId);
        yield new Begun(
            new EnvelopeSeal(key),
            folder,
            WrappedKeys.wrap(key, bound(folder), envelope.key(), keys));
      }
      case EncryptionSpec.OpenPgp openPgp -> {
        OpenPgpSeal seal =
            OpenPgpSeal.writing(
                keys.openPgp(),
                openPgp.recipients().stream().map(keys.openPgp()::recipient).toList(),
                keys.openPgp().signer(openPgp.signer()));
        var unused = seal.vouch(new byte[0]); // tries the signer, and whether it is believed
        yield new Begun(seal, folder, null);
      }
    };
  }

  /**
   * The seal of objects that were written.
   *
   * @param encryption as their manifest says; null: none
   * @throws JobFailure KEY_UNAVAILABLE when this worker lacks the key; KEY_REFUSED when it has
   *     another one; ARTIFACT_DAMAGED when there is no wrapped key
   */
  public Seal open(Repository repository, String folder, Encryption encryption) {
    if (encryption == null) {
      return Seal.none();
    }
    requireComplete(folder, encryption);
    return switch (encryption.type()) {
      case ENVELOPE ->
          new EnvelopeSeal(
              wrapped(repository, folder, encryption.dataKeyId())
                  .unwrap(UUID.fromString(encryption.dataKeyId()), keys));
      case OPENPGP -> OpenPgpSeal.reading(keys.openPgp(), encryption);
    };
  }

  /** The file beside a manifest's objects that proves it; null: none. */
  public static String voucherName(Encryption encryption) {
    if (encryption == null || encryption.type() == null) {
      return null;
    }
    return switch (encryption.type()) {
      case ENVELOPE -> EnvelopeSeal.VOUCHER;
      case OPENPGP -> OpenPgpSeal.VOUCHER;
    };
  }

  /** What is read is not what was written, if somebody changed it. */
  private static void requireComplete(String folder, Encryption encryption) {
    boolean complete =
        switch (encryption.type()) {
          case null -> false;
          case ENVELOPE -> encryption.dataKeyId() != null && UUID_TEXT.test(encryption.dataKeyId());
          case OPENPGP ->
              encryption.keys() != null
                  && encryption.signer() != null
                  && encryption.signer().fingerprint() != null;
        };
    if (!complete) {
      throw new JobFailure(
          ErrorCode.ARTIFACT_DAMAGED,
          "what is below '" + folder + "' does not say how it is encrypted",
          "Somebody changed it; restore it from a copy of the repository.");
    }
  }

  private static WrappedKeys wrapped(Repository repository, String folder, String dataKeyId) {
    return new WrappedKeys(repository, folder + KEYS + dataKeyId + "/", bound(folder));
  }

  private static String bound(String folder) {
    return folder.substring(0, folder.length() - 1);
  }
}
