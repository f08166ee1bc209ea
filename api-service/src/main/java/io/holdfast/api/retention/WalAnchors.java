package io.holdfast.api.retention;

import io.holdfast.api.retention.RetentionFacts.Archive;
import io.holdfast.api.retention.RetentionFacts.Base;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The base backups from which recovery reaches the first moment of the WAL window: of each system,
 * and for each timeline that leads on, the newest one that is older than the window, or the oldest
 * where none is. The window ends at the newest base backup, not at the clock; a system that another
 * one has replaced before the window began has no moment in it. Pure.
 */
final class WalAnchors {
  private WalAnchors() {}

  /**
   * @param good newest first
   * @param archive null: unknown
   */
  static Set<Stored> of(List<Stored> good, Duration window, Archive archive) {
    Map<String, List<Stored>> systems = new TreeMap<>();
    good.stream()
        .filter(backup -> backup.base() != null)
        .forEach(
            backup ->
                systems
                    .computeIfAbsent(backup.base().systemIdentifier(), unused -> new ArrayList<>())
                    .add(backup));
    Set<Stored> anchors = new LinkedHashSet<>();
    if (systems.isEmpty()) {
      return anchors;
    }
    Instant begin =
        systems.values().stream()
            .map(bases -> bases.getFirst().finishedAt())
            .max(Comparator.naturalOrder())
            .orElseThrow()
            .minus(window);
    systems.forEach(
        (system, bases) -> {
          if (replaced(bases.getFirst(), systems, begin)) {
            return;
          }
          anchor(bases, begin, base -> true).ifPresent(anchors::add);
          if (archive != null && archive.systemIdentifier().equals(system)) {
            archive.timelines().stream()
                .filter(timeline -> leaf(archive, timeline, begin))
                .forEach(
                    timeline ->
                        anchor(bases, begin, base -> leadsTo(base, timeline))
                            .ifPresent(anchors::add));
          }
        });
    return anchors;
  }

  /** Whether another system had followed the newest base backup of one before the window began. */
  private static boolean replaced(Stored newest, Map<String, List<Stored>> systems, Instant begin) {
    return systems.values().stream()
        .flatMap(List::stream)
        .filter(other -> !other.base().systemIdentifier().equals(newest.base().systemIdentifier()))
        .anyMatch(
            other ->
                !other.finishedAt().isAfter(begin)
                    && other.finishedAt().isAfter(newest.finishedAt()));
  }

  /**
   * Whether recovery within the window may end on a timeline: it is the newest, or a branch of its
   * own on which something was written since.
   */
  private static boolean leaf(Archive archive, Timeline timeline, Instant begin) {
    Timeline newest = archive.timelines().getLast();
    if (timeline.timeline() == newest.timeline()) {
      return true;
    }
    boolean onTheWay =
        newest.history() != null
            && newest.history().ancestors().stream()
                .anyMatch(ancestor -> ancestor.timeline() == timeline.timeline());
    Optional<Lsn> then = archive.written().before(timeline.timeline(), begin);
    Optional<Lsn> ever = archive.written().before(timeline.timeline(), Instant.MAX);
    return !onTheWay && ever.isPresent() && !ever.equals(then);
  }

  private static Optional<Stored> anchor(List<Stored> bases, Instant begin, Predicate<Base> fits) {
    List<Stored> fitting = bases.stream().filter(backup -> fits.test(backup.base())).toList();
    return fitting.stream()
        .filter(backup -> !backup.finishedAt().isAfter(begin))
        .findFirst()
        .or(() -> fitting.isEmpty() ? Optional.empty() : Optional.of(fitting.getLast()));
  }

  /** Whether recovery from a base can go on to a timeline. */
  static boolean leadsTo(Base base, Timeline timeline) {
    return timeline.timeline() == base.timeline()
        || (timeline.history() != null
            && timeline.history().contains(base.timeline(), base.stop()));
  }
}
