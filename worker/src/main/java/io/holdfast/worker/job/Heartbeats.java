package io.holdfast.worker.job;

import io.holdfast.model.event.WorkerEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** Says every ten seconds that this worker is there and what it can do. */
@ApplicationScoped
class Heartbeats {
  private static final Logger LOG = Logger.getLogger(Heartbeats.class);

  private final WorkerIdentity identity;
  private final WorkerConfig config;
  private final JobRunner runner;
  private final EventSender events;
  private final Clock clock;
  private final AtomicBoolean inFlight = new AtomicBoolean();

  Heartbeats(
      WorkerIdentity identity,
      WorkerConfig config,
      JobRunner runner,
      EventSender events,
      Clock clock) {
    this.identity = identity;
    this.config = config;
    this.runner = runner;
    this.events = events;
    this.clock = clock;
  }

  // Not before the application runs: the channel is not there yet, and sending would throw.
  @Scheduled(
      every = "10s",
      delayed = "1s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void beat() {
    // While the broker is away one beat waits and the others are left out.
    if (!inFlight.compareAndSet(false, true)) {
      return;
    }
    try {
      var unused = events.send(identity.id(), heartbeat()).whenComplete(this::landed);
    } catch (RuntimeException e) {
      // One that cannot even be sent must not keep the next ones back.
      landed(null, e);
    }
  }

  private void landed(Void nothing, Throwable failure) {
    inFlight.set(false);
    if (failure != null) {
      LOG.warnf("a heartbeat was not taken: %s", failure.getMessage());
    }
  }

  private WorkerEvent.Heartbeat heartbeat() {
    return new WorkerEvent.Heartbeat(
        UUID.randomUUID().toString(),
        identity.id(),
        clock.instant(),
        identity.pool(),
        identity.version(),
        tools(),
        runner.running());
  }

  /** Majors with a {@code pg_dump}, ascending. */
  private List<Integer> tools() {
    List<Integer> majors = new ArrayList<>();
    for (String directory : config.postgresDirectories().split("[:,]")) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of(directory.strip()))) {
        for (Path entry : entries) {
          String name = entry.getFileName().toString();
          if (name.matches("\\d{1,3}") && Files.isExecutable(entry.resolve("bin/pg_dump"))) {
            majors.add(Integer.valueOf(name));
          }
        }
      } catch (java.io.IOException absent) {
        LOG.debugf("no PostgreSQL below %s", directory);
      }
    }
    Collections.sort(majors);
    return majors.stream().distinct().toList();
  }
}
