package io.holdfast.api.ledger;

import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.backup.PhysicalBackup;
import io.holdfast.api.ledger.Continuity.Window;
import io.holdfast.model.BackupId;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.ArchiveSpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the newest moment that an archive leads to. A backup must be restorable with everything
 * that it builds on, and its WAL must be there without a hole: what lies behind a gap counts only
 * when a newer backup does.
 */
@ApplicationScoped
class RestorableSpans {
  @Inject WalMarks marks;
  @Inject BackupQueries backups;

  /**
   * Every moment between both ends can be reached.
   *
   * @param by the newest backup that leads to its end
   */
  record Span(Instant from, Instant until, BackupId by) {}

  /** Empty when it leads nowhere. */
  Optional<Span> newest(
      ArchiveObservation seen,
      ArchiveSpec archive,
      Continuity continuity,
      List<PhysicalBackup> known) {
    Set<BackupId> whole = backups.restorable(seen.cluster());
    List<Window> windows =
        continuity.windows(known).stream()
            .filter(window -> whole.contains(window.backupId()))
            .toList();
    Map<String, Optional<Instant>> ends = new HashMap<>();
    Span best = null;
    for (Window window : windows) {
      Instant end =
          ends.computeIfAbsent(key(window), unknown -> end(seen, archive, continuity, window))
              .filter(moment -> moment.isAfter(window.fromTime()))
              .orElse(window.fromTime());
      if (best == null || end.isAfter(best.until())) {
        best = new Span(begin(windows, window), end, window.backupId());
      }
    }
    return Optional.ofNullable(best);
  }

  /** Of the oldest backup that leads to the same end. */
  private static Instant begin(List<Window> windows, Window of) {
    return windows.stream()
        .filter(window -> key(window).equals(key(of)))
        .map(Window::fromTime)
        .min(Instant::compareTo)
        .orElse(of.fromTime());
  }

  private static String key(Window window) {
    return window.timeline() + "@" + window.to();
  }

  /** What is received of an unfinished segment is stored too, every so often. */
  private Optional<Instant> end(
      ArchiveObservation seen, ArchiveSpec archive, Continuity continuity, Window window) {
    Optional<Instant> marked =
        marks.safeUntil(seen.cluster(), continuity.path(window.timeline()), window.to());
    Duration partial = archive.partialInterval();
    boolean received =
        partial != null
            && seen.slot() != null
            && seen.slot().active()
            && seen.primary() != null
            && seen.primary().timeline() == window.timeline()
            && window.to().equals(continuity.archivedTo());
    if (!received) {
      return marked;
    }
    Instant bound = seen.observedAt().minus(partial);
    return Optional.of(marked.filter(moment -> moment.isAfter(bound)).orElse(bound));
  }
}
