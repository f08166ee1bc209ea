package io.holdfast.worker.wal.stream;

import io.holdfast.model.Lsn;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.wal.ArchiveSpec;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.failure.JobStopped;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.postgres.SqlFailures;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.wal.archive.ClusterArchive;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Streams one cluster's WAL into its archive for as long as it runs. That only one worker does so
 * is the server's doing: a slot has one reader. The others ask again every few seconds and take
 * over where the archive ends; they need to know nothing of each other.
 */
final class WalStream implements Runnable, Closeable {
  private static final Logger LOG = Logger.getLogger(WalStream.class);
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(3);
  private static final Duration CONFIRM_EVERY = Duration.ofSeconds(2);
  private static final Duration FOLLOW_EVERY = Duration.ofSeconds(15);
  private static final String IN_USE = "55006";
  private static final String REMOVED = "58P01";

  private final ClusterArchive archive;
  private final ClusterSpec cluster;
  private final Function<ClusterSpec, Topology> probe;
  private final Credentials credentials;
  private final Clock clock;
  private final Waiter waiter;
  private final Slots slots;
  private volatile boolean closed;
  private volatile Thread thread;
  private String complaint = "";
  private Refusal refused;

  /**
   * A place from which a server had nothing to send.
   *
   * @param timeline that the server is on: a promoted one is asked anew
   */
  private record Refusal(String node, int timeline, StartingPoint asked) {}

  WalStream(
      ClusterArchive archive,
      Function<ClusterSpec, Topology> probe,
      Credentials credentials,
      Clock clock,
      Waiter waiter) {
    this.archive = archive;
    this.cluster = archive.cluster();
    this.probe = probe;
    this.credentials = credentials;
    this.clock = clock;
    this.waiter = waiter;
    this.slots =
        new Slots(
            ArchiveSpec.slotName(cluster.name()),
            cluster.maintenanceDatabase(),
            archive.declaration().archive().unlimitedSlot());
  }

  ClusterArchive archive() {
    return archive;
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    while (!closed) {
      try {
        streamOnce();
      } catch (SQLException e) {
        complain(
            IN_USE.equals(e.getSQLState()) ? "another worker streams it" : SqlFailures.message(e));
      } catch (JobFailure | IOException e) {
        complain(e.getMessage());
      } catch (InterruptedException | JobStopped stopped) {
        return;
      } catch (RuntimeException e) {
        LOG.errorf(e, "streaming the WAL of cluster %s failed", cluster.name());
      }
      try {
        waiter.await(AGAIN_AFTER.toNanos());
      } catch (InterruptedException stopped) {
        return;
      }
    }
  }

  /** The same is said once. */
  private void complain(String why) {
    if (!why.equals(complaint)) {
      LOG.warnf("the WAL of cluster %s is not streamed from here: %s", cluster.name(), why);
      complaint = why;
    }
  }

  private void streamOnce() throws SQLException, IOException, InterruptedException {
    Server primary = primary();
    // While the store is away, a slot that the server gave up stays as it is, for all to see.
    SortedSet<Integer> unused = archive.store().histories();
    Lsn kept = slots.ensure(primary);
    SegmentSize size = segmentSize(primary);
    try (WalSender sender = WalSender.connect(primary, clock)) {
      WalSender.Identity identity = sender.identify();
      if (!identity.systemIdentifier().equals(cluster.systemIdentifier())) {
        throw new IOException(
            "node '" + primary.name() + "' has system identifier " + identity.systemIdentifier());
      }
      TimelineHistory history = history(sender, identity.timeline());
      StartingPoint due = StartingPoint.after(archive.store(), history, size, kept);
      Refusal refusal = new Refusal(primary.name(), identity.timeline(), due);
      StartingPoint start =
          refusal.equals(refused)
              ? behindGap(refusal, StartingPoint.at(size.start(size.number(kept)), history, size))
              : due;
      sender.start(slots.name(), start.lsn(), start.timeline());
      LOG.infof(
          "streaming cluster %s from %s, %s on timeline %d",
          cluster.name(), primary.name(), start.lsn(), start.timeline());
      complaint = "";
      try {
        receive(sender, start, end(history, start.timeline()), size, primary);
      } catch (SQLException e) {
        // The server agrees to begin, and says this only when it opens the file.
        if (REMOVED.equals(e.getSQLState()) && sender.received().equals(due.lsn())) {
          refused = refusal;
        }
        throw e;
      }
    }
  }

  /**
   * Where to go on when a server refused the same place before. Only a server that is still what it
   * was then, and whose slot does not reach back so far, has lost it for good: one that was
   * promoted meanwhile may have kept what the other has not, and is asked first.
   */
  private StartingPoint behindGap(Refusal refusal, StartingPoint kept) {
    StartingPoint due = refusal.asked();
    if (kept.lsn().compareTo(due.lsn()) <= 0) {
      return due;
    }
    LOG.errorf(
        "server %s has removed WAL of cluster %s from %s on timeline %d on: there is a gap up to"
            + " %s",
        refusal.node(), cluster.name(), due.lsn(), due.timeline(), kept.lsn());
    return kept;
  }

  /** Where a timeline was left; null for the one that the server is on. */
  private static Lsn end(TimelineHistory history, int timeline) {
    return history.ancestors().stream()
        .filter(ancestor -> ancestor.timeline() == timeline)
        .map(TimelineHistory.Ancestor::switchedAt)
        .findFirst()
        .orElse(null);
  }

  /**
   * @param end there the server has no more on this timeline. Its word on that is lost in the
   *     driver, which waits for what the server only says when it was answered
   */
  private void receive(
      WalSender sender, StartingPoint start, Lsn end, SegmentSize size, Server primary)
      throws SQLException, IOException, InterruptedException {
    Duration partialEvery = archive.declaration().archive().partialInterval();
    Instant confirmed = Instant.MIN;
    Instant followed = clock.instant();
    Instant stored = clock.instant();
    Lsn told = null;
    try (SegmentsInFlight segments = new SegmentsInFlight(archive, size, start, waiter, clock)) {
      while (!closed && !sender.ended() && !sender.received().equals(end)) {
        Optional<WalSender.Data> data = sender.read();
        if (data.isPresent()) {
          segments.add(data.get());
        } else {
          segments.settle(false);
        }
        Instant now = clock.instant();
        if (!segments.confirmed().equals(told) || now.isAfter(confirmed.plus(CONFIRM_EVERY))) {
          sender.confirm(segments.confirmed());
          told = segments.confirmed();
          confirmed = now;
        }
        if (partialEvery != null && !now.isBefore(stored.plus(partialEvery))) {
          segments.storeGrowing();
          stored = now;
        }
        if (now.isAfter(followed.plus(FOLLOW_EVERY))) {
          follow(primary, segments.confirmed());
          followed = now;
        }
      }
      if (partialEvery != null) {
        segments.storeGrowing();
      }
      while (!closed && sender.received().equals(end) && !segments.settled()) {
        // The next timeline is begun where the archive ends.
        segments.settle(true);
      }
    }
  }

  private TimelineHistory history(WalSender sender, int timeline) throws SQLException, IOException {
    if (timeline == 1) {
      return TimelineHistory.first(1);
    }
    byte[] text = sender.history(timeline);
    boolean unused =
        archive.push(WalFileName.history(timeline), new ByteArrayInputStream(text), text.length);
    return TimelineHistory.parse(timeline, new String(text, StandardCharsets.UTF_8));
  }

  private Server primary() throws IOException {
    List<String> primaries =
        probe.apply(cluster).nodes().stream()
            .filter(node -> node.role() == NodeRole.PRIMARY)
            .filter(node -> cluster.systemIdentifier().equals(node.systemIdentifier()))
            .map(NodeObservation::node)
            .toList();
    if (primaries.size() != 1) {
      throw new IOException("exactly one primary is needed, there are " + primaries);
    }
    return server(primaries.getFirst());
  }

  private Server server(String node) {
    NodeSpec spec =
        cluster.nodes().stream().filter(n -> n.name().equals(node)).findFirst().orElseThrow();
    return Server.of(cluster, spec, credentials);
  }

  /** A standby without the slot would have a gap when it is promoted; one that is away waits. */
  private void follow(Server primary, Lsn confirmed) {
    for (NodeSpec node : cluster.nodes()) {
      if (!node.name().equals(primary.name())) {
        try {
          slots.follow(server(node.name()), confirmed);
        } catch (SQLException | JobFailure e) {
          LOG.debugf("slot of %s on %s: %s", cluster.name(), node.name(), e.getMessage());
        }
      }
    }
  }

  private SegmentSize segmentSize(Server primary) throws SQLException {
    try (Connection connection = Connections.brisk().open(primary, cluster.maintenanceDatabase());
        PreparedStatement question =
            connection.prepareStatement(
                "select pg_size_bytes(current_setting('wal_segment_size'))");
        ResultSet row = question.executeQuery()) {
      row.next();
      return new SegmentSize(row.getInt(1));
    }
  }

  @Override
  public void close() {
    closed = true;
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }
}
