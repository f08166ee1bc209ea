package io.holdfast.worker.job;

import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.command.JobCommand.ObserveTopology;
import io.holdfast.model.event.WorkerEvent;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Looks at clusters when asked. Nothing waits for it: a look that fails is logged and the next
 * command asks again. A cluster that is being looked at is not looked at twice.
 */
@ApplicationScoped
class TopologyObserver {
  private static final Logger LOG = Logger.getLogger(TopologyObserver.class);

  private final WorkerIdentity identity;
  private final EventSender events;
  private final Clock clock;
  private final Function<ClusterSpec, Topology> look;
  private final Set<String> looking = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(4, Thread.ofPlatform().name("topology-", 0).daemon().factory());

  TopologyObserver(WorkerIdentity identity, EventSender events, Clock clock, JobRooms rooms) {
    this.identity = identity;
    this.events = events;
    this.clock = clock;
    this.look = rooms::topology;
  }

  void observe(ObserveTopology command) {
    if (looking.add(command.cluster().name())) {
      threads.execute(() -> lookAt(command.cluster()));
    }
  }

  private void lookAt(ClusterSpec cluster) {
    try {
      Topology topology = look.apply(cluster);
      events
          .send(
              cluster.name(),
              new WorkerEvent.TopologyObserved(
                  UUID.randomUUID().toString(), identity.id(), clock.instant(), topology))
          .toCompletableFuture()
          .join();
    } catch (RuntimeException e) {
      LOG.warnf(e, "looking at cluster %s failed", cluster.name());
    } finally {
      looking.remove(cluster.name());
    }
  }

  void stop(@Observes ShutdownEvent event) {
    threads.shutdownNow();
  }
}
