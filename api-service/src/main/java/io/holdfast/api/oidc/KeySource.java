package io.holdfast.api.oidc;

import java.util.Optional;

/** Where the keys of an issuer come from. */
interface KeySource {
  /**
   * @param jwksUrl empty: as the issuer's discovery document says
   */
  IssuerKeys of(String name, String issuer, Optional<String> jwksUrl);
}
