package io.holdfast.worker.wal.stream;

import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.wal.ArchiveSpec;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.wal.archive.ClusterArchive;
import io.holdfast.worker.wal.archive.Declaration;
import io.holdfast.worker.wal.archive.Declarations;
import io.holdfast.worker.wal.archive.OpenArchives;
import java.io.Closeable;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** A stream for every cluster that is declared so; {@link #adjust} is called again and again. */
public final class Streams implements Closeable {
  private static final Logger LOG = Logger.getLogger(Streams.class);

  private final Declarations declarations;
  private final OpenArchives archives;
  private final Function<ClusterSpec, Topology> probe;
  private final Credentials credentials;
  private final Clock clock;
  private final Waiter waiter;
  private final Map<String, WalStream> running = new HashMap<>();

  public Streams(
      Declarations declarations,
      OpenArchives archives,
      Function<ClusterSpec, Topology> probe,
      Credentials credentials,
      Clock clock,
      Waiter waiter) {
    this.declarations = declarations;
    this.archives = archives;
    this.probe = probe;
    this.credentials = credentials;
    this.clock = clock;
    this.waiter = waiter;
  }

  /** Starts what is declared and does not run, ends what runs and is not declared any more. */
  public synchronized void adjust() {
    Set<String> wanted = new HashSet<>();
    for (Declaration declaration : declarations.all()) {
      if (declaration.archive().mode() == ArchiveSpec.Mode.STREAM) {
        String cluster = declaration.cluster().name();
        wanted.add(cluster);
        try {
          archives.of(cluster).ifPresent(archive -> run(cluster, archive));
        } catch (JobFailure e) {
          LOG.warnf("the WAL of cluster %s is not streamed: %s", cluster, e.getMessage());
        }
      }
    }
    for (String cluster : Set.copyOf(running.keySet())) {
      if (!wanted.contains(cluster)) {
        running.remove(cluster).close();
      }
    }
  }

  private void run(String cluster, ClusterArchive archive) {
    WalStream known = running.get(cluster);
    if (known != null && known.archive() == archive) {
      return;
    }
    if (known != null) {
      known.close();
    }
    WalStream fresh = new WalStream(archive, probe, credentials, clock, waiter);
    running.put(cluster, fresh);
    Thread unused = Thread.ofPlatform().name("wal-stream-" + cluster).daemon().start(fresh);
  }

  @Override
  public synchronized void close() {
    running.values().forEach(WalStream::close);
    running.clear();
  }
}
