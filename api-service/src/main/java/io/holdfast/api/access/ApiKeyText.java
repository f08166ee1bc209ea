package io.holdfast.api.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An API key in full: {@code hfk_<id>_<secret>}. The id is public and finds the row; the secret is
 * 256 random bits, so one SHA-256 protects it at rest. {@link #toString()} never shows the secret.
 */
final class ApiKeyText {
  private static final Pattern FORM = Pattern.compile("hfk_([a-z2-7]{12})_[A-Za-z0-9_-]{43}");
  private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String id;
  private final String text;

  private ApiKeyText(String id, String text) {
    this.id = id;
    this.text = text;
  }

  static ApiKeyText generate() {
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      id.append(BASE32.charAt(RANDOM.nextInt(BASE32.length())));
    }
    byte[] secret = new byte[32];
    RANDOM.nextBytes(secret);
    String text =
        "hfk_" + id + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    return new ApiKeyText(id.toString(), text);
  }

  static Optional<ApiKeyText> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(new ApiKeyText(matcher.group(1), text))
        : Optional.empty();
  }

  String id() {
    return id;
  }

  /** The key itself, to be shown once. */
  String reveal() {
    return text;
  }

  byte[] hash() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** In constant time. */
  boolean matches(byte[] storedHash) {
    return MessageDigest.isEqual(hash(), storedHash);
  }

  @Override
  public String toString() {
    return "hfk_" + id + "_***";
  }
}
