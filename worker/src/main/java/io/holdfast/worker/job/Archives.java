package io.holdfast.worker.job;

import io.holdfast.model.command.JobCommand.ObserveArchive;
import io.holdfast.model.event.WorkerEvent;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.node.NodeProbe;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.wal.archive.ClusterArchive;
import io.holdfast.worker.wal.archive.Declarations;
import io.holdfast.worker.wal.archive.OpenArchives;
import io.holdfast.worker.wal.observe.ArchiveObserver;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;

/**
 * What commands say of archives: how they are declared, and to look at one. As with topologies,
 * nothing waits for a look; one that fails is logged, and the next command asks again.
 */
@ApplicationScoped
class Archives {
  private static final Logger LOG = Logger.getLogger(Archives.class);

  private final WorkerIdentity identity;
  private final EventSender events;
  private final Declarations declarations;
  private final OpenArchives open;
  private final NodeProbe nodes;
  private final Credentials credentials;
  private final Clock clock;
  private final Map<String, Looking> observers = new ConcurrentHashMap<>();
  private final Set<String> looking = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(4, Thread.ofPlatform().name("archives-", 0).daemon().factory());

  /** An observer, and what it observes: another archive, another observer. */
  private record Looking(ClusterArchive archive, ArchiveObserver observer) {}

  Archives(
      WorkerIdentity identity,
      EventSender events,
      Declarations declarations,
      OpenArchives open,
      NodeProbe nodes,
      Credentials credentials,
      Clock clock) {
    this.identity = identity;
    this.events = events;
    this.declarations = declarations;
    this.open = open;
    this.nodes = nodes;
    this.credentials = credentials;
    this.clock = clock;
  }

  void declared(CommandRecord record) {
    if (declarations.take(
        new Declarations.Signed(record.value(), record.keyId(), record.signature()))) {
      LOG.infof("the archive of cluster %s is declared anew", record.key());
    }
  }

  /** A worker that has not heard yet how the cluster is archived leaves it to the next look. */
  void observe(ObserveArchive command) {
    String cluster = command.cluster().name();
    if (looking.add(cluster)) {
      threads.execute(() -> lookAt(cluster));
    }
  }

  private void lookAt(String cluster) {
    try {
      open.of(cluster).ifPresent(archive -> report(cluster, observer(cluster, archive)));
    } catch (JobFailure e) {
      LOG.warnf("looking at the archive of cluster %s failed: %s", cluster, e.getMessage());
    } catch (RuntimeException e) {
      LOG.warnf(e, "looking at the archive of cluster %s failed", cluster);
    } finally {
      looking.remove(cluster);
    }
  }

  private ArchiveObserver observer(String cluster, ClusterArchive archive) {
    return observers
        .compute(
            cluster,
            (name, known) ->
                known != null && known.archive() == archive
                    ? known
                    : new Looking(
                        archive,
                        new ArchiveObserver(
                            archive.cluster(), archive.store(), nodes::probe, credentials, clock)))
        .observer();
  }

  private void report(String cluster, ArchiveObserver observer) {
    events
        .send(
            cluster,
            new WorkerEvent.ArchiveObserved(
                UUID.randomUUID().toString(), identity.id(), clock.instant(), observer.observe()))
        .toCompletableFuture()
        .join();
  }

  void stop(@Observes ShutdownEvent event) {
    threads.shutdownNow();
  }
}
