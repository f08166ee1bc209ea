package io.holdfast.api.cluster;

import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Has every cluster looked at, each once per interval however many replicas there are. */
@ApplicationScoped
public class TopologySchedule {
  @Inject TopologyService topologies;

  @ConfigProperty(name = "holdfast.topology.interval", defaultValue = "30s")
  Duration interval;

  /** A tenth early, so that a tick that comes a little soon does not wait for the next one. */
  @Scheduled(
      every = "${holdfast.topology.interval:30s}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void ask() {
    topologies.askForAll(interval.multipliedBy(9).dividedBy(10));
  }
}
