package io.holdfast.worker.job;

import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.wal.archive.OpenArchives;
import io.holdfast.worker.wal.archive.WalListener;
import io.holdfast.worker.wal.stream.Streams;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import org.jboss.logging.Logger;

/**
 * Keeps WAL flowing: starts the streams of clusters that are declared so, and holds the port that
 * servers on this host push WAL to. Of several workers on one host the first has it; another takes
 * it within seconds when that one ends.
 */
@ApplicationScoped
class WalFlow {
  private static final Logger LOG = Logger.getLogger(WalFlow.class);

  private final int port;
  private final OpenArchives archives;
  private final Streams streams;
  private final Credentials credentials;
  private WalListener listener;
  private boolean taken;

  WalFlow(WorkerConfig config, OpenArchives archives, Streams streams, Credentials credentials) {
    this.streams = streams;
    this.port = config.walPort();
    this.archives = archives;
    this.credentials = credentials;
  }

  @Scheduled(every = "2s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  synchronized void flow() {
    streams.adjust();
    listen();
  }

  private void listen() {
    if (listener != null || port == 0) {
      return;
    }
    try {
      listener = WalListener.start(port, archives, credentials);
      LOG.infof("WAL is taken on 127.0.0.1:%d", port);
    } catch (IOException e) {
      if (!taken) {
        LOG.infof("another worker takes WAL on 127.0.0.1:%d: %s", port, e.getMessage());
      }
      taken = true;
    }
  }

  /** Behind {@link Leaving}: WAL flows on for as long as jobs may still run. */
  synchronized void stop(@Observes @Priority(2) ShutdownEvent event) {
    if (listener != null) {
      listener.close();
      listener = null;
    }
    streams.close();
    archives.close();
  }
}
