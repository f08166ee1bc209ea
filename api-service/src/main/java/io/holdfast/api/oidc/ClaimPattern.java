package io.holdfast.api.oidc;

import java.util.regex.Pattern;

/**
 * What the value of a claim may be. {@code *} stands for anything but {@code /} and {@code :}, so
 * that {@code acme/*} is a repository of acme and {@code refs/heads/*} a branch without a slash;
 * {@code **} stands for anything. Everything else means itself.
 */
final class ClaimPattern {
  private final String text;
  private final Pattern pattern;

  ClaimPattern(String text) {
    this.text = text;
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith("**", i)) {
        regex.append(".*");
        i++;
      } else if (text.charAt(i) == '*') {
        regex.append("[^/:]*");
      } else {
        regex.append(Pattern.quote(text.substring(i, i + 1)));
      }
    }
    this.pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  boolean matches(String value) {
    return pattern.matcher(value).matches();
  }

  /** Whether it tells any value from another by how it begins. */
  boolean selective() {
    return !text.isEmpty() && text.charAt(0) != '*';
  }

  /**
   * Whether nobody can choose a name that it takes: {@code acme*} would take {@code acme-evil},
   * which anybody may register, and {@code acme/*} takes only what acme names.
   */
  boolean confined() {
    int star = text.indexOf('*');
    int slash = text.indexOf('/');
    return selective() && (star < 0 || slash > 0 && slash < star);
  }
}
