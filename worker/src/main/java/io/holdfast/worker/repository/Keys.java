package io.holdfast.worker.repository;

import java.util.regex.Pattern;

/**
 * The rule for keys, the same for every driver, so that none can leave its place: segments of
 * letters, digits and {@code . _ -}, none starting with a dot (drivers keep their unfinished files
 * there), none longer than a file name may be.
 */
public final class Keys {
  private static final String SEGMENT = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}";
  private static final Pattern KEY = Pattern.compile(SEGMENT + "(/" + SEGMENT + "){0,15}");
  private static final Pattern PREFIX = Pattern.compile("(" + SEGMENT + "/){0,15}");

  private Keys() {}

  /** The key as given, or an {@link IllegalArgumentException}. */
  public static String check(String key) {
    if (key == null || !KEY.matcher(key).matches()) {
      throw new IllegalArgumentException("not a key of a repository: " + key);
    }
    return key;
  }

  /** A folder: empty, or ending in a slash. */
  public static String checkPrefix(String prefix) {
    if (prefix == null || !PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException("not a folder of a repository: " + prefix);
    }
    return prefix;
  }
}
