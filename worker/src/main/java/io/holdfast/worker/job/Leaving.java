package io.holdfast.worker.job;

import io.holdfast.model.job.JobSpec;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * What a worker does when it is told to end: it takes no more jobs and hands over those that Kafka
 * still gives it, lets the running ones go on for a while, then stops them, and ends when each is
 * reported. Another worker takes the next attempt of what was stopped; a restore has none, which is
 * why it may be given longer (ADR 20).
 */
@ApplicationScoped
class Leaving {
  private static final Logger LOG = Logger.getLogger(Leaving.class);
  private static final Duration BEAT = Duration.ofSeconds(10);
  private static final Predicate<JobSpec> HAS_NEXT_ATTEMPT =
      spec -> !(spec instanceof JobSpec.Restore);

  private final JobConsumer consumer;
  private final JobRunner runner;
  private final Heartbeats heartbeats;
  private final WorkerConfig config;

  Leaving(JobConsumer consumer, JobRunner runner, Heartbeats heartbeats, WorkerConfig config) {
    this.consumer = consumer;
    this.runner = runner;
    this.heartbeats = heartbeats;
    this.config = config;
  }

  /**
   * Before the channels close, so that cancellations still come in and events find their way out.
   */
  void stop(@Observes @Priority(1) ShutdownEvent event) throws InterruptedException {
    runner.takeNoMore();
    if (!runner.running().isEmpty()) {
      LOG.infof(
          "no more jobs are taken; %s may go on for %s, restores for %s",
          runner.running(), config.drain(), longer());
    }
    if (!awaitEnd(config.drain())) {
      runner.stop(HAS_NEXT_ATTEMPT);
    }
    boolean ended = awaitEnd(longer().minus(config.drain()));
    consumer.close();
    runner.stopAll();
    if (!ended && !awaitEnd(config.shutdownGrace())) {
      LOG.warnf(
          "jobs %s did not end within %s; their leases will run out",
          runner.running(), config.shutdownGrace());
    }
    runner.close();
  }

  private Duration longer() {
    return config.drainRestores().compareTo(config.drain()) > 0
        ? config.drainRestores()
        : config.drain();
  }

  /** Nobody beats for a worker that is ending, and the control plane would take it for gone. */
  private boolean awaitEnd(Duration atMost) throws InterruptedException {
    Duration left = atMost;
    while (left.compareTo(BEAT) > 0) {
      if (runner.awaitEnd(BEAT)) {
        return true;
      }
      heartbeats.beat();
      left = left.minus(BEAT);
    }
    return runner.awaitEnd(left);
  }
}
