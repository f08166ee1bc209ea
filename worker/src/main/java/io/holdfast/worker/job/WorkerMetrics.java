package io.holdfast.worker.job;

import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.secret.Credentials;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * What only the worker's host knows: the room on the disks that it writes to, and how many jobs it
 * runs. Paths are those that an operator wrote down.
 */
@ApplicationScoped
class WorkerMetrics {
  private static final Logger LOG = Logger.getLogger(WorkerMetrics.class);

  private final WorkerConfig config;
  private final Credentials credentials;
  private final JobRunner runner;
  private final MeterRegistry metrics;
  private MultiGauge free;
  private MultiGauge size;

  WorkerMetrics(
      WorkerConfig config, Credentials credentials, JobRunner runner, MeterRegistry metrics) {
    this.config = config;
    this.credentials = credentials;
    this.runner = runner;
    this.metrics = metrics;
  }

  /** A directory that this worker writes to. */
  private record Place(String use, Path path) {
    Tags tags() {
      return Tags.of("use", use, "path", path.toString());
    }
  }

  @PostConstruct
  void start() {
    free =
        MultiGauge.builder("holdfast.worker.disk.free")
            .description("Room that is left where the worker writes")
            .baseUnit("bytes")
            .register(metrics);
    size =
        MultiGauge.builder("holdfast.worker.disk.size")
            .description("Room that there is in all")
            .baseUnit("bytes")
            .register(metrics);
    metrics.gauge("holdfast.worker.running.jobs", runner, jobs -> jobs.running().size());
  }

  @Scheduled(
      every = "15s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void look() {
    List<MultiGauge.Row<?>> left = new ArrayList<>();
    List<MultiGauge.Row<?>> whole = new ArrayList<>();
    for (Place place : places()) {
      try {
        FileStore disk = Files.getFileStore(place.path());
        left.add(MultiGauge.Row.of(place.tags(), disk.getUsableSpace()));
        whole.add(MultiGauge.Row.of(place.tags(), disk.getTotalSpace()));
      } catch (IOException notThere) {
        // Such as a root that nobody has used yet: it has no room to speak of.
        LOG.tracef("no disk at %s", place.path());
      }
    }
    free.register(left, true);
    size.register(whole, true);
  }

  private List<Place> places() {
    List<Place> places = new ArrayList<>();
    places.add(new Place("SCRATCH", config.scratchDirectory()));
    places.add(new Place("STATE", config.stateDirectory()));
    try {
      for (String root : credentials.repositoryRoots()) {
        places.add(new Place("REPOSITORY", Path.of(root)));
      }
    } catch (JobFailure unreadable) {
      // Readiness says so.
      LOG.tracef("no roots: %s", unreadable.getMessage());
    }
    return places;
  }
}
