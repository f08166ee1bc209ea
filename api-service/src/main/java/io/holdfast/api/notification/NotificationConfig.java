package io.holdfast.api.notification;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code holdfast.notifications.*}. */
@ConfigMapping(prefix = "holdfast.notifications")
public interface NotificationConfig {
  /**
   * Hosts, as {@code host}, {@code host:port} or {@code *.suffix}, that may be spoken to without
   * TLS and whatever their address is. All others need TLS and a public address.
   */
  Optional<List<String>> allowedDestinations();

  /** PEM: who may vouch for certificates of the other side, beside those whom the JVM trusts. */
  Optional<Path> certificateAuthorityFile();

  /** How long the other side may take for one message. */
  @WithDefault("10s")
  Duration timeout();

  /** The wait after the first attempt; doubles with each further one, up to an hour. */
  @WithDefault("5s")
  Duration retryBackoff();

  /** After this a notice that did not arrive is given up; it can be sent again by hand. */
  @WithDefault("24h")
  Duration giveUpAfter();

  /** How long the log of what is over is kept. */
  @WithDefault("30d")
  Duration kept();

  /** How often rows are looked for without being rung for. */
  @WithDefault("1s")
  Duration tick();

  /** How the API is reached from outside, for links; absent: links are paths. */
  Optional<String> publicUrl();
}
