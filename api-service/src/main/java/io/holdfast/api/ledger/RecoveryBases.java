package io.holdfast.api.ledger;

import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.backup.PhysicalBackup;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.ledger.Continuity.Window;
import io.holdfast.api.ledger.Reach.Place;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.restorepoint.RestorePointService;
import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds the backup that a recovery begins with: the newest from which the target can be reached, so
 * that the least WAL is replayed. What cannot be reached is refused here, with the nearest points
 * that can; what the ledger cannot know, such as what was archived this moment, the worker proves.
 */
@ApplicationScoped
public class RecoveryBases {
  @Inject ClusterService clusters;
  @Inject BackupQueries backups;
  @Inject RestorePointService points;
  @Inject WalMarks marks;
  @Inject Clock clock;

  /** A stretch of time that can be reached, as far as the ledger knows. */
  public record Span(Instant from, Instant to) {}

  /**
   * The newest available backup of the cluster that leads to what is wished.
   *
   * @throws ApiProblem 404 without the cluster, 422 when there is none
   */
  @Transactional
  public BackupId choose(String cluster, RecoveryWish wish) {
    String repository = clusters.repository(cluster);
    Continuity seen = seen(cluster);
    Reach reach = reach(cluster, seen);
    Place place = place(cluster, wish, true);
    List<PhysicalBackup> known = backups.physical(cluster, repository);
    return known.stream()
        .filter(backup -> seen == null ? backup.available() : seen.usable(backup))
        .filter(backup -> !wish.archive() || reach.from(backup, wish.timeline(), place))
        .map(PhysicalBackup::id)
        .findFirst()
        .orElseThrow(() -> unreachable(cluster, seen, known, wish, place, null));
  }

  /**
   * Whether a backup leads to what is wished, suspect or not.
   *
   * @throws ApiProblem 422 when it certainly does not
   */
  @Transactional
  public void check(String cluster, String repository, BackupId id, RecoveryWish wish) {
    if (!wish.archive()) {
      return;
    }
    Continuity seen = seen(cluster);
    Place place = place(cluster, wish, false);
    List<PhysicalBackup> known = backups.physical(cluster, repository);
    Optional<PhysicalBackup> backup =
        known.stream().filter(candidate -> candidate.id().equals(id)).findFirst();
    if (backup.isPresent() && !reach(cluster, seen).from(backup.get(), wish.timeline(), place)) {
      throw unreachable(cluster, seen, known, wish, place, id);
    }
  }

  /** Of the newest window, what lies within {@code age}; empty when no moment is known. */
  @Transactional
  public Optional<Span> newestSpan(String cluster, Duration age) {
    Continuity seen = seen(cluster);
    if (seen == null) {
      return Optional.empty();
    }
    Instant oldest = clock.instant().minus(age);
    Integer latest = seen.latestTimeline().orElse(null);
    return seen.windows(backups.physical(cluster, clusters.repository(cluster))).stream()
        .filter(window -> latest != null && window.timeline() == latest)
        .flatMap(window -> span(cluster, seen, window, oldest).stream())
        .max(
            Comparator.comparing(Span::to)
                .thenComparing(span -> span.from(), Comparator.reverseOrder()));
  }

  private Optional<Span> span(String cluster, Continuity seen, Window window, Instant oldest) {
    Instant from = window.fromTime().isBefore(oldest) ? oldest : window.fromTime();
    return marks
        .safeUntil(cluster, seen.path(window.timeline()), window.to())
        .filter(to -> to.isAfter(from))
        .map(to -> new Span(from, to));
  }

  private Reach reach(String cluster, Continuity seen) {
    return new Reach(seen, (path, lsn) -> marks.missingSince(cluster, path, lsn));
  }

  private static Continuity seen(String cluster) {
    ArchiveStateEntity state = ArchiveStateEntity.findById(cluster);
    if (state == null) {
      return null;
    }
    ArchiveObservation seen = state.seen();
    return seen.timelines().isEmpty() ? null : new Continuity(seen);
  }

  private Place place(String cluster, RecoveryWish wish, boolean required) {
    if (wish.restorePoint() == null) {
      return new Place(wish.time(), wish.lsn(), 0);
    }
    Optional<RestorePointService.Point> point = points.find(cluster, wish.restorePoint());
    if (point.isEmpty() && required) {
      throw new ApiProblem(
          422,
          "target-unreachable",
          "No restore point '" + wish.restorePoint() + "' of cluster '" + cluster + "' is known.",
          "One that was written by hand needs backupId: that of a backup before it.",
          List.of(new ApiProblem.Violation("name", "is not known")));
    }
    return point.map(known -> new Place(null, known.lsn(), known.timeline())).orElse(Place.ANY);
  }

  private ApiProblem unreachable(
      String cluster,
      Continuity seen,
      List<PhysicalBackup> known,
      RecoveryWish wish,
      Place place,
      BackupId id) {
    String what =
        place.time() != null
            ? place.time().toString()
            : place.lsn() != null ? "position " + place.lsn() : "that target";
    return new ApiProblem(
        422,
        "target-unreachable",
        (id == null ? "No available physical backup" : "Backup " + id)
            + " of cluster '"
            + cluster
            + (id == null ? "' leads to " : "' does not lead to ")
            + what
            + " on timeline "
            + wish.timeline()
            + "; "
            + nearest(cluster, seen, known, place)
            + ".",
        "GET /clusters/" + cluster + "/recovery-windows shows what can be reached.",
        List.of(new ApiProblem.Violation("recovery", "cannot be reached")));
  }

  private String nearest(String cluster, Continuity seen, List<PhysicalBackup> known, Place place) {
    List<String> found = new ArrayList<>();
    List<Window> windows = seen == null ? List.of() : seen.windows(known);
    if (place.time() != null) {
      nearest(
          windows.stream()
              .flatMap(window -> span(cluster, seen, window, Instant.MIN).stream())
              .map(Span::to)
              .toList(),
          known.stream().filter(PhysicalBackup::available).map(PhysicalBackup::finishedAt).toList(),
          place.time(),
          Instant::toString,
          found);
    } else if (place.lsn() != null) {
      nearest(
          windows.stream().map(Window::to).toList(),
          known.stream().filter(PhysicalBackup::available).map(PhysicalBackup::stopLsn).toList(),
          place.lsn(),
          Lsn::toString,
          found);
    }
    return found.isEmpty()
        ? "no point near it is known to be reachable"
        : "the nearest reachable points are " + String.join(" and ", found);
  }

  /** The last end before and the first begin after. */
  private static <T extends Comparable<T>> void nearest(
      List<T> ends, List<T> begins, T wanted, Function<T, String> text, List<String> found) {
    ends.stream()
        .filter(end -> end.compareTo(wanted) <= 0)
        .max(Comparator.naturalOrder())
        .ifPresent(end -> found.add(text.apply(end) + " before it"));
    begins.stream()
        .filter(begin -> begin.compareTo(wanted) > 0)
        .min(Comparator.naturalOrder())
        .ifPresent(begin -> found.add(text.apply(begin) + " after it"));
  }
}
