package io.holdfast.api.job;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** {@code holdfast.jobs.*}. */
@ConfigMapping(prefix = "holdfast.jobs")
public interface JobsConfig {
  /** How long without an event before the worker of an attempt is taken for lost. */
  @WithDefault("30s")
  Duration lease();

  /** How long after it was sent a command may be accepted. */
  @WithDefault("5m")
  Duration acceptWithin();

  @WithDefault("3")
  int maxAttempts();

  /** The wait before the second attempt; doubles with each further one. */
  @WithDefault("10s")
  Duration retryBackoff();

  @WithDefault("4")
  int maxRunningPerCluster();

  /** How often leases, deadlines, admission and the outbox are looked at without being asked. */
  @WithDefault("1s")
  Duration tick();
}
