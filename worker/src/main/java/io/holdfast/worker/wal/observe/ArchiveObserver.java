package io.holdfast.worker.wal.observe;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.ArchiveObservation.Range;
import io.holdfast.model.wal.ArchiveObservation.Timeline;
import io.holdfast.model.wal.ArchiveSpec;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.postgres.SqlFailures;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.wal.WalStore;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Looks at one cluster's archive and its primary. The archive is listed before the primary is
 * asked, so that what is reported as archived never lies ahead of what was written. Used by one
 * thread at a time.
 */
public final class ArchiveObserver {
  private static final Logger LOG = Logger.getLogger(ArchiveObserver.class);

  private final ClusterSpec cluster;
  private final WalStore store;
  private final ArchiveListing listing;
  private final Function<ClusterSpec, Topology> probe;
  private final Credentials credentials;
  private final Clock clock;
  private final Map<Integer, TimelineHistory> histories = new TreeMap<>();
  private SegmentSize size;
  private boolean listed;
  private Long newestCount;
  private Instant newestAt;

  public ArchiveObserver(
      ClusterSpec cluster,
      WalStore store,
      Function<ClusterSpec, Topology> probe,
      Credentials credentials,
      Clock clock) {
    this.cluster = cluster;
    this.store = store;
    this.listing = new ArchiveListing(store);
    this.probe = probe;
    this.credentials = credentials;
    this.clock = clock;
  }

  /**
   * Looks. While the store does not answer, what was seen in it before still stands, since an
   * archive only grows: that the servers run away from it is then what matters.
   *
   * @throws JobFailure a repository code when the archive cannot be listed and never was
   */
  public ArchiveObservation observe() {
    try {
      listing.refresh();
      listed = true;
    } catch (JobFailure e) {
      if (!listed || e.code() != ErrorCode.REPOSITORY_UNAVAILABLE) {
        throw e;
      }
      LOG.warnf("the archive of cluster %s cannot be listed: %s", cluster.name(), e.getMessage());
    }
    PrimaryProbe.Seen seen = null;
    String unreachable = null;
    try {
      seen = primary();
      size = seen.size();
    } catch (SQLException e) {
      unreachable = SqlFailures.message(e);
    } catch (JobFailure e) {
      unreachable = e.getMessage();
    }
    if (size == null) {
      size = storedSize().orElse(null);
    }
    List<Timeline> archived = new ArrayList<>();
    long count = 0;
    for (int timeline : listing.timelines()) {
      List<Range> ranges = size == null ? List.of() : ranges(timeline);
      count += listing.numbers(timeline, SegmentSize.DEFAULT).size();
      archived.add(new Timeline(timeline, history(timeline), ranges));
    }
    Instant now = clock.instant();
    if (newestCount == null || count > newestCount) {
      newestAt = newestCount == null && count == 0 ? null : now;
    }
    newestCount = count;
    return new ArchiveObservation(
        cluster.name(),
        now,
        cluster.systemIdentifier(),
        size == null ? null : size.bytes(),
        archived,
        newestAt,
        seen == null ? null : seen.primary(),
        seen == null ? null : seen.slot(),
        unreachable);
  }

  private PrimaryProbe.Seen primary() throws SQLException {
    List<NodeSpec> primaries = new ArrayList<>();
    for (NodeObservation node : probe.apply(cluster).nodes()) {
      if (node.role() == NodeRole.PRIMARY
          && cluster.systemIdentifier().equals(node.systemIdentifier())) {
        primaries.add(
            cluster.nodes().stream()
                .filter(spec -> spec.name().equals(node.node()))
                .findFirst()
                .orElseThrow());
      }
    }
    if (primaries.size() != 1) {
      throw new SQLException(
          primaries.isEmpty()
              ? "no node says that it is the primary"
              : primaries.size() + " nodes say that they are the primary");
    }
    return PrimaryProbe.ask(
        Connections.brisk(),
        Server.of(cluster, primaries.getFirst(), credentials),
        cluster.maintenanceDatabase(),
        ArchiveSpec.slotName(cluster.name()));
  }

  private Optional<SegmentSize> storedSize() {
    return listing.any().flatMap(store::plainBytes).map(bytes -> new SegmentSize(bytes.intValue()));
  }

  /** Read once: it never changes. */
  private TimelineHistory history(int timeline) {
    TimelineHistory known = histories.get(timeline);
    if (known == null) {
      known = store.history(timeline).orElse(null);
      if (known != null) {
        histories.put(timeline, known);
      }
    }
    return known;
  }

  private List<Range> ranges(int timeline) {
    List<Range> ranges = new ArrayList<>();
    long from = 0;
    long next = -1;
    for (long number : listing.numbers(timeline, size)) {
      if (number != next) {
        if (next >= 0) {
          ranges.add(new Range(size.start(from), size.start(next)));
        }
        from = number;
      }
      next = number + 1;
    }
    if (next >= 0) {
      ranges.add(new Range(size.start(from), size.start(next)));
    }
    return ranges;
  }

  /** The cluster that it looks at, as it was declared. */
  public ClusterSpec cluster() {
    return cluster;
  }
}
