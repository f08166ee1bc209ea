package io.holdfast.api.rate;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** {@code holdfast.rate-limit.*}: what one API key may ask of one replica. */
@ConfigMapping(prefix = "holdfast.rate-limit")
public interface RateConfig {
  /** In the long run; 0 sets no limit. */
  @WithDefault("500")
  int requestsPerSecond();

  /** At once, after a quiet while. */
  @WithDefault("1000")
  int burst();
}
