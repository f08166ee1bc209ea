package io.holdfast.worker.encryption;

import io.holdfast.model.SecretRef;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Wraps the data keys of a cluster by another key-encryption key: of every run and of its WAL. No
 * other object is read or written.
 */
public final class KeyRotation {
  private static final Pattern HOME =
      Pattern.compile("(?<folder>.*)/keys/[0-9a-f-]{36}/[^/]+\\.json");

  private final Repository repository;
  private final Keyring keys;

  public KeyRotation(Repository repository, Keyring keys) {
    this.repository = repository;
    this.keys = keys;
  }

  /** Data keys in a repository, in order. */
  public record Found(List<String> homes) {}

  /**
   * @param cluster its folder, ending in a slash
   */
  public Found find(String cluster) {
    List<String> homes =
        repository.list(cluster).stream()
            .map(ObjectStat::key)
            .filter(key -> HOME.matcher(key).matches())
            .map(key -> key.substring(0, key.lastIndexOf('/') + 1))
            .distinct()
            .toList();
    return new Found(new ArrayList<>(homes));
  }

  /**
   * @param home of a data key that was found
   * @param beforeDelete throws when this must not go on
   * @return whether it was wrapped anew; not when it is wrapped by that key already
   * @throws JobFailure KEY_UNAVAILABLE, KEY_REFUSED, ARTIFACT_DAMAGED or a repository code
   */
  public boolean rewrap(String home, SecretRef key, Runnable beforeDelete) {
    Matcher parts = HOME.matcher(home + "0001.json");
    if (!parts.matches()) {
      throw new IllegalArgumentException("not the home of a data key: " + home);
    }
    return new WrappedKeys(repository, home, parts.group("folder")).rewrap(key, keys, beforeDelete);
  }
}
