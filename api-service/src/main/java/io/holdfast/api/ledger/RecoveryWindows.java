package io.holdfast.api.ledger;

import io.holdfast.api.access.Caller;
import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.ledger.Continuity.Window;
import io.holdfast.api.ledger.RecoveryWindowsView.LagView;
import io.holdfast.api.ledger.RecoveryWindowsView.SlotView;
import io.holdfast.api.ledger.RecoveryWindowsView.TimelineView;
import io.holdfast.api.ledger.RecoveryWindowsView.WindowView;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.ArchiveObservation.Slot;
import io.holdfast.model.wal.ArchiveObservation.Timeline;
import io.holdfast.model.wal.TimelineHistory.Ancestor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Shows to which moments clusters can be brought back, and takes notice of gaps. */
@ApplicationScoped
public class RecoveryWindows {
  private static final int MOST_GAPS = 200;
  private static final int MOST_WINDOWS = 1000;
  private static final int LONGEST_REASON = 500;

  @Inject ClusterService clusters;
  @Inject BackupQueries backups;
  @Inject WalMarks marks;
  @Inject Caller caller;
  @Inject Clock clock;

  @Transactional
  public RecoveryWindowsView of(String name) {
    ClusterService.Declaration cluster = visible(name);
    boolean archived = cluster.archive() != null;
    Duration objective = archived ? cluster.archive().spec().recoveryPointObjective() : null;
    List<WalGapView> gaps =
        WalGapEntity.shown(name, MOST_GAPS).stream().map(WalGapView::of).toList();
    ArchiveStateEntity state = ArchiveStateEntity.findById(name);
    if (state == null) {
      return new RecoveryWindowsView(
          name,
          archived,
          null,
          objective,
          List.of(),
          List.of(),
          gaps,
          null,
          List.of(),
          null,
          archived
              ? "No worker has looked yet: is a worker of the cluster's pool running?"
              : "The cluster's declaration has no archive.");
    }
    ArchiveObservation seen = state.seen();
    Continuity continuity = new Continuity(seen);
    Map<String, Optional<Instant>> moments = new HashMap<>();
    List<WindowView> windows =
        continuity.windows(backups.physical(name, cluster.repository())).stream()
            .limit(MOST_WINDOWS)
            .map(window -> view(name, continuity, window, moments))
            .toList();
    return new RecoveryWindowsView(
        name,
        archived,
        state.observedAt,
        objective,
        archived ? state.standing().stream().map(Enum::name).toList() : List.of(),
        windows,
        gaps,
        lag(state, cluster, seen, continuity),
        seen.timelines().stream().map(RecoveryWindows::timeline).toList(),
        slot(seen.slot()),
        null);
  }

  /**
   * Somebody knows of a gap. It stays one.
   *
   * @throws ApiProblem 404, 409 when it is closed
   */
  @Transactional
  public WalGapView acknowledge(String name, String id, GapAcknowledgementRequest request) {
    visible(name);
    String reason = request == null ? null : request.reason();
    if (reason == null || reason.isBlank() || reason.length() > LONGEST_REASON) {
      throw ApiProblem.invalid(
          "reason", "must be 1 to " + LONGEST_REASON + " characters", "Say why it is all right.");
    }
    WalGapEntity gap = uuid(id).map(key -> WalGapEntity.lock(key, name)).orElse(null);
    if (gap == null) {
      throw ApiProblem.notFound("gap", id.length() > 63 ? "..." : id);
    }
    if (gap.closedAt != null) {
      throw new ApiProblem(
          409,
          "gap-closed",
          "Gap " + id + " was filled at " + gap.closedAt + ".",
          "Nothing to do.");
    }
    gap.acknowledgedBy = caller.keyId();
    gap.acknowledgedAt = clock.instant();
    gap.reason = reason;
    return WalGapView.of(gap);
  }

  private ClusterService.Declaration visible(String name) {
    caller.requireCluster(name);
    return clusters
        .declaration(name)
        .orElseThrow(() -> ApiProblem.notFound("cluster", name.length() > 63 ? "..." : name));
  }

  private WindowView view(
      String cluster,
      Continuity continuity,
      Window window,
      Map<String, Optional<Instant>> moments) {
    Optional<Instant> to =
        moments.computeIfAbsent(
            window.timeline() + "@" + window.to(),
            unknown -> marks.safeUntil(cluster, continuity.path(window.timeline()), window.to()));
    return new WindowView(
        window.backupId().value(),
        window.timeline(),
        window.from().toString(),
        window.fromTime(),
        window.to().toString(),
        to.filter(moment -> moment.isAfter(window.fromTime())).orElse(null));
  }

  private LagView lag(
      ArchiveStateEntity state,
      ClusterService.Declaration cluster,
      ArchiveObservation seen,
      Continuity continuity) {
    ArchiveObservation.Primary primary = seen.primary();
    Lsn archived = continuity.archivedTo();
    Double seconds =
        cluster.archive() == null
            ? null
            : Alarms.lag(ArchiveLedger.facts(state, cluster, clock.instant()))
                .map(lag -> lag.toMillis() / 1000.0)
                .orElse(null);
    return new LagView(
        primary == null ? null : primary.node(),
        primary == null ? null : primary.timeline(),
        primary == null ? null : primary.lsn().toString(),
        archived == null ? null : archived.toString(),
        state.lagBytes,
        seconds,
        state.safeUntil,
        seen.unreachableBecause());
  }

  private static TimelineView timeline(Timeline timeline) {
    List<Ancestor> ancestors =
        timeline.history() == null ? List.of() : timeline.history().ancestors();
    Ancestor parent = ancestors.isEmpty() ? null : ancestors.getLast();
    return new TimelineView(
        timeline.timeline(),
        parent == null ? null : parent.timeline(),
        parent == null ? null : parent.switchedAt().toString(),
        timeline.history() != null || timeline.timeline() == 1,
        timeline.ranges().stream()
            .map(
                range ->
                    new RecoveryWindowsView.RangeView(
                        range.from().toString(), range.to().toString()))
            .toList());
  }

  private static SlotView slot(Slot slot) {
    return slot == null
        ? null
        : new SlotView(
            slot.name(),
            slot.node(),
            slot.active(),
            slot.walStatus(),
            slot.retainedBytes(),
            slot.budgetBytes(),
            Alarms.used(slot));
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException notAnId) {
      return Optional.empty();
    }
  }
}
