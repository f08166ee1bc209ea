package io.holdfast.api.access;

import io.quarkus.security.identity.request.BaseAuthenticationRequest;

/** What has the form of a JWT in an {@code Authorization} header; nobody has looked into it yet. */
public final class TokenPresented extends BaseAuthenticationRequest {
  private final String token;

  TokenPresented(String token) {
    this.token = token;
  }

  public String token() {
    return token;
  }

  /** The token opens what it is for. */
  @Override
  public String toString() {
    return "a token";
  }
}
