package io.holdfast.model;

import java.util.regex.Pattern;

/**
 * The one rule for names that a user declares (clusters, nodes, repositories, pools, secrets):
 * lower case letters, digits and inner hyphens, 1 to 63 characters. Such a name is safe in a path,
 * a topic and a metric label as it is.
 */
public final class ResourceName {
  public static final String PATTERN = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  private static final Pattern COMPILED = Pattern.compile(PATTERN);

  private ResourceName() {}

  /** The name as given, or an {@link IllegalArgumentException} that says the rule. */
  public static String check(String what, String name) {
    if (name == null || !COMPILED.matcher(name).matches()) {
      throw new IllegalArgumentException(
          what + " must be 1 to 63 lower-case letters, digits and inner hyphens");
    }
    return name;
  }
}
