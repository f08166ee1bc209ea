package io.holdfast.api.archive;

import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Says again what is archived, and has it looked at; however many replicas there are. */
@ApplicationScoped
public class ArchiveSchedule {
  @Inject ArchiveAnnouncements announcements;

  @ConfigProperty(name = "holdfast.archive.announce-interval", defaultValue = "1m")
  Duration announceInterval;

  @ConfigProperty(name = "holdfast.archive.observe-interval", defaultValue = "20s")
  Duration observeInterval;

  @Scheduled(
      every = "${holdfast.archive.announce-interval:1m}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void announce() {
    announcements.announceAll(early(announceInterval));
  }

  @Scheduled(
      every = "${holdfast.archive.observe-interval:20s}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void observe() {
    announcements.observeAll(early(observeInterval));
  }

  /** A tenth early, so that a tick that comes a little soon does not wait for the next one. */
  private static Duration early(Duration interval) {
    return interval.multipliedBy(9).dividedBy(10);
  }
}
