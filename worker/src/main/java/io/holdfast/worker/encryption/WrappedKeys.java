package io.holdfast.worker.encryption;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.envelope.DataKey;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.keys.KeyProvider;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * The wrapped forms of one data key: {@code 0001-<digest>.json}, {@code 0002-<digest>.json} ... in
 * a folder of their own, so that a key-encryption key can be replaced while manifests and labels
 * stay as they are. The newest holds. The digest, of the form itself, tells a changed form without
 * a key, and lets two copies of a repository be wrapped anew at once.
 *
 * @param home where the wrapped forms lie, ending in a slash
 * @param folder what the data key is bound to, without a slash at the end
 */
record WrappedKeys(Repository repository, String home, String folder) {
  private static final int LARGEST = 64 * 1024;
  private static final int SHOWN_BYTES = 8;
  private static final String FORM = "[0-9]{4}-[0-9a-f]{16}\\.json";

  /**
   * Wraps a data key and tries whether it can be unwrapped again. Nothing is written.
   *
   * @throws JobFailure KEY_UNAVAILABLE, KEY_REFUSED
   */
  static WrappedKey wrap(DataKey key, String folder, SecretRef name, Keyring keys) {
    KeyProvider provider = keys.envelope(name);
    byte[] wrapped = provider.wrap(key, folder);
    DataKey again = provider.unwrap(wrapped, folder, key.id());
    if (!Arrays.equals(again.secret(), key.secret())) {
      throw new JobFailure(
          ErrorCode.KEY_REFUSED,
          "key '" + name + "' does not unwrap what it wrapped itself",
          "Look at what keeps this key.");
    }
    return new WrappedKey(
        WrappedKey.FORMAT,
        key.id().toString(),
        folder,
        provider.keeper(),
        name.name(),
        provider.fingerprint(),
        wrapped);
  }

  /** Writes the first form. */
  void create(WrappedKey first) {
    create(first, 1);
  }

  private void create(WrappedKey form, int number) {
    byte[] json = Wire.document(form);
    String key = home + String.format(Locale.ROOT, "%04d-%s.json", number, digest(json));
    if (!repository.createIfAbsent(key, json)) {
      throw new IllegalStateException("'" + key + "' is there already");
    }
  }

  private static String digest(byte[] json) {
    try {
      byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(json);
      return HexFormat.of().formatHex(sha256, 0, SHOWN_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * @throws JobFailure ARTIFACT_DAMAGED when there is no wrapped form, or not of this key;
   *     KEY_UNAVAILABLE when this worker lacks the key that wrapped it; KEY_REFUSED when that key
   *     is another one now, or the form was changed
   */
  DataKey unwrap(UUID id, Keyring keys) {
    WrappedKey newest = newest();
    if (!newest.dataKeyId().equals(id.toString()) || !newest.folder().equals(folder)) {
      throw new JobFailure(
          ErrorCode.ARTIFACT_DAMAGED,
          "'" + home + "' has data key " + newest.dataKeyId() + " of '" + newest.folder() + "'",
          "It was put there from elsewhere; restore the right one from a copy.");
    }
    KeyProvider provider = keys.envelope(new SecretRef(newest.key()));
    // A key server tells by itself; there the same key may have several names.
    boolean another =
        provider.keeper() == KeyProvider.Keeper.LOCAL
            && !provider.fingerprint().equals(newest.fingerprint());
    if (provider.keeper() != newest.keeper() || another) {
      throw new JobFailure(
          ErrorCode.KEY_REFUSED,
          "data key "
              + id
              + " was wrapped by key '"
              + newest.key()
              + "' with fingerprint "
              + newest.fingerprint()
              + "; this worker's key of that name has "
              + provider.fingerprint(),
          "Give this worker the key that it was wrapped by, under that name.");
    }
    return provider.unwrap(newest.wrapped(), folder, id);
  }

  /**
   * Wraps the data key by another key. The new form is there, and was read again, before older ones
   * go; what somebody else writes meanwhile stays.
   *
   * @param beforeDelete throws when this must not go on
   * @return whether a new form was written; not when the newest is of that key already
   * @throws JobFailure as {@link #unwrap} and {@link #wrap}
   */
  boolean rewrap(SecretRef name, Keyring keys, Runnable beforeDelete) {
    List<String> before = forms();
    WrappedKey newest = newest();
    KeyProvider provider = keys.envelope(name);
    boolean same =
        newest.key().equals(name.name())
            && provider.keeper() == KeyProvider.Keeper.LOCAL
            && provider.fingerprint().equals(newest.fingerprint());
    List<String> older = same ? before.subList(0, before.size() - 1) : before;
    UUID id = UUID.fromString(newest.dataKeyId());
    DataKey key = unwrap(id, keys);
    if (!same) {
      int number = Integer.parseInt(before.getLast(), home.length(), home.length() + 4, 10);
      create(wrap(key, folder, name, keys), number + 1);
      if (!Arrays.equals(unwrap(id, keys).secret(), key.secret())) {
        throw new JobFailure(
            ErrorCode.STORED_BYTES_DIFFER,
            "the new wrapped form below '" + home + "' is not what was written",
            "Look at the repository; the old form is still there.");
      }
    }
    beforeDelete.run();
    older.forEach(repository::delete);
    return !same;
  }

  private List<String> forms() {
    return repository.list(home).stream()
        .map(ObjectStat::key)
        .filter(key -> key.substring(home.length()).matches(FORM))
        .toList();
  }

  private WrappedKey newest() {
    List<String> forms = forms();
    try {
      return newest(forms);
    } catch (JobFailure e) {
      // Somebody may have wrapped it anew between the list and the read.
      List<String> now = forms();
      if (now.equals(forms)) {
        throw e;
      }
      return newest(now);
    }
  }

  private WrappedKey newest(List<String> forms) {
    if (forms.isEmpty()) {
      throw new JobFailure(
          ErrorCode.ARTIFACT_DAMAGED,
          "there is no wrapped data key below '" + home + "'",
          "Restore it from a copy of the repository; without it its objects cannot be read.");
    }
    try (InputStream in = repository.open(forms.getLast())) {
      byte[] json = in.readNBytes(LARGEST);
      if (!forms.getLast().endsWith("-" + digest(json) + ".json")) {
        throw new IllegalArgumentException("not what its name says");
      }
      return Wire.read(json, WrappedKey.class).checked();
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.REPOSITORY_UNAVAILABLE,
          "reading '" + forms.getLast() + "' broke: " + e.getMessage(),
          "Look at the repository and at the connection to it.",
          e);
    } catch (UncheckedIOException | IllegalArgumentException | NullPointerException e) {
      throw new JobFailure(
          ErrorCode.ARTIFACT_DAMAGED,
          "'" + forms.getLast() + "' is no wrapped data key",
          "It was changed; restore it from a copy of the repository.",
          e);
    }
  }
}
