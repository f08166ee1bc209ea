package io.holdfast.api.notification;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs as Standard Webhooks says (standardwebhooks.com): HMAC-SHA256 over {@code
 * id.timestamp.body} in Base64 behind {@code v1,}; several secrets give several signatures with a
 * blank between. Pure.
 */
final class WebhookSignature {
  private static final String ENCODED = "whsec_";

  private WebhookSignature() {}

  /**
   * @param secrets each {@code whsec_} and Base64, or else taken as it is
   */
  static String of(List<String> secrets, String id, long timestampSeconds, byte[] body) {
    return secrets.stream()
        .map(secret -> "v1," + mac(key(secret), id + "." + timestampSeconds + ".", body))
        .collect(Collectors.joining(" "));
  }

  private static byte[] key(String secret) {
    if (secret.startsWith(ENCODED)) {
      try {
        return Base64.getDecoder().decode(secret.substring(ENCODED.length()));
      } catch (IllegalArgumentException notBase64) {
        // Then it is a secret that begins this way.
      }
    }
    return secret.getBytes(StandardCharsets.UTF_8);
  }

  private static String mac(byte[] key, String head, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(head.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
    }
  }
}
