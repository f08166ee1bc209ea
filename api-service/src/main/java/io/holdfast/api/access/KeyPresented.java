package io.holdfast.api.access;

import io.quarkus.security.identity.request.BaseAuthenticationRequest;

/** A well-formed key from an {@code Authorization} header, not yet looked up. */
final class KeyPresented extends BaseAuthenticationRequest {
  private final ApiKeyText key;

  KeyPresented(ApiKeyText key) {
    this.key = key;
  }

  ApiKeyText key() {
    return key;
  }
}
