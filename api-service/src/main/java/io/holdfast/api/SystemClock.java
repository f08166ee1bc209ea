package io.holdfast.api;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.time.Clock;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jboss.logging.Logger;

/**
 * The one place that decides what time it is: the system's, unless somebody put another clock on
 * the class path of the JVM. No setting, file or variable can do that (ADR 0026).
 */
final class SystemClock {
  private static final Logger LOG = Logger.getLogger(SystemClock.class);

  private SystemClock() {}

  @Produces
  @ApplicationScoped
  static Clock clock() {
    Optional<Clock> given =
        ServiceLoader.load(Clock.class, ClassLoader.getSystemClassLoader()).findFirst();
    given.ifPresent(
        clock -> LOG.warnf("time is what %s says, not the system", clock.getClass().getName()));
    return given.orElseGet(Clock::systemUTC);
  }
}
