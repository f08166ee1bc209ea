package io.holdfast.api.copy;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** {@code holdfast.copies.*}. */
@ConfigMapping(prefix = "holdfast.copies")
public interface CopyConfig {
  /** How often it is looked what has to be copied. */
  @WithDefault("10s")
  Duration interval();

  /** At most so often the WAL of a cluster is copied to a repository. */
  @WithDefault("1m")
  Duration walInterval();

  /** The wait after the first failure; doubles with each further one, up to an hour. */
  @WithDefault("1m")
  Duration retryBackoff();
}
