package io.holdfast.api.oidc;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code holdfast.oidc.*}: whose tokens are taken, and for what. */
@ConfigMapping(prefix = "holdfast.oidc")
public interface OidcConfig {
  /** By a short name of ours. None: API keys only. */
  Map<String, IssuerConfig> issuers();

  /** How long the keys of an issuer are used before they are asked for again. */
  @WithDefault("1h")
  Duration keysFreshFor();

  /** How long they are used when the issuer cannot be asked. */
  @WithDefault("24h")
  Duration keysKeptFor();

  /** At most one question to an issuer in this time, whatever tokens say. */
  @WithDefault("10s")
  Duration keysAskedEvery();

  /** By how much clocks may differ. */
  @WithDefault("30s")
  Duration clockSkew();

  /** One issuer. */
  interface IssuerConfig {
    /** Exactly as in the claim {@code iss}. */
    String issuer();

    /** One of these has to be in the claim {@code aud}. */
    List<String> audience();

    /** Where its keys are; absent: as its discovery document says. */
    Optional<String> jwksUrl();

    /** Tried in the order of their names; the first that fits counts. */
    Map<String, RuleConfig> rules();
  }

  /** What a token with certain claims may do. */
  interface RuleConfig {
    /**
     * Claims and the values that they may have, every claim being needed. {@code *} stands for
     * anything but {@code /} and {@code :}, {@code **} for anything.
     */
    Map<String, List<String>> claims();

    List<String> roles();

    /** Names, or {@code *} alone for every cluster. */
    List<String> clusters();
  }
}
