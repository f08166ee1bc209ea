package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterRetention.By;
import io.holdfast.api.cluster.ClusterRetention.WalKeep;
import io.holdfast.api.retention.RandomHistory.Branch;
import io.holdfast.api.retention.RetentionFacts.Base;
import io.holdfast.api.retention.RetentionFacts.Condition;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.model.BackupId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What must stay, by asking of each backup and each piece of WAL in turn whether there is a reason:
 * slow, and short enough to be believed. Shares no code with the planner.
 */
final class ReferenceModel {
  private final RandomHistory history;
  private final Map<BackupId, Stored> byId;
  private final Map<BackupId, Boolean> goesOn = new HashMap<>();

  ReferenceModel(RandomHistory history) {
    this.history = history;
    this.byId = history.backups.stream().collect(Collectors.toMap(Stored::id, one -> one));
  }

  Set<BackupId> stays() {
    Set<BackupId> stays = new HashSet<>();
    for (Stored one : history.backups) {
      if (one.condition() != Condition.LEAVING && (continued(one) || asItIs(one))) {
        stays.add(one.id());
      }
    }
    for (Stored one : history.backups) {
      if (stays.contains(one.id())) {
        for (Stored below = parent(one); below != null; below = parent(below)) {
          if (below.condition() != Condition.LEAVING) {
            stays.add(below.id());
          }
        }
      }
    }
    return stays;
  }

  private Stored parent(Stored one) {
    return one.parent() == null ? null : byId.get(one.parent());
  }

  private Instant graceBegan() {
    return history.now.minus(history.policy.grace());
  }

  private Instant slackNow() {
    return history.now.plus(Duration.ofMinutes(10));
  }

  private boolean asItIs(Stored one) {
    return !one.holds().isEmpty() || proven(one, slackNow());
  }

  /** Stays so that recovery can go on from it. */
  private boolean continued(Stored one) {
    return policyNeeds(one, slackNow())
        || policyNeeds(one, graceBegan())
        || anchor(one, slackNow())
        || anchor(one, graceBegan())
        || !one.pins().isEmpty()
        || one.finishedAt().isAfter(graceBegan())
        || (!good(one, Instant.MAX) && !followed(one));
  }

  private boolean followed(Stored one) {
    return history.backups.stream()
        .anyMatch(
            other ->
                good(other, graceBegan())
                    && other.series().equals(one.series())
                    && newer(other, one));
  }

  private boolean good(Stored one, Instant at) {
    if (one.finishedAt().isAfter(at)) {
      return false;
    }
    for (Stored below = one; ; below = byId.get(below.parent())) {
      if (below == null || below.condition() != Condition.GOOD) {
        return false;
      }
      if (below.parent() == null) {
        return true;
      }
    }
  }

  private static boolean newer(Stored one, Stored other) {
    return one.finishedAt().isAfter(other.finishedAt())
        || (one.finishedAt().equals(other.finishedAt())
            && one.id().value().compareTo(other.id().value()) > 0);
  }

  /** Good ones of the same kind that are newer. */
  private List<Stored> above(Stored one, Instant at) {
    return history.backups.stream()
        .filter(
            other -> other.series().equals(one.series()) && good(other, at) && newer(other, one))
        .toList();
  }

  private boolean proven(Stored one, Instant at) {
    return good(one, at) && one.proven() && above(one, at).stream().noneMatch(Stored::proven);
  }

  private boolean policyNeeds(Stored one, Instant at) {
    if (!good(one, at)) {
      return false;
    }
    List<Stored> above = above(one, at);
    boolean minimum =
        one.parent() == null
            && above.stream().filter(other -> other.parent() == null).count()
                < history.policy.minimumFulls();
    return above.isEmpty()
        || minimum
        || tier(
            one,
            above,
            history.policy.daily(),
            t -> t.toLocalDate().toString(),
            t -> t.minusDays(1))
        || tier(
            one,
            above,
            history.policy.weekly(),
            t -> t.get(IsoFields.WEEK_BASED_YEAR) + "-" + t.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR),
            t -> t.minusWeeks(1))
        || tier(
            one,
            above,
            history.policy.monthly(),
            t -> t.getYear() + "-" + t.getMonthValue(),
            t -> t.withDayOfMonth(1).minusMonths(1))
        || tier(one, above, history.policy.yearly(), t -> "" + t.getYear(), t -> t.minusYears(1));
  }

  private boolean tier(
      Stored one,
      List<Stored> above,
      int wanted,
      Function<ZonedDateTime, String> period,
      UnaryOperator<ZonedDateTime> before) {
    Function<Stored, ZonedDateTime> local =
        // Noon, so that stepping over a day that has no such hour stays on the calendar.
        backup ->
            backup
                .finishedAt()
                .atZone(history.policy.zone())
                .toLocalDate()
                .atTime(12, 0)
                .atZone(ZoneOffset.UTC);
    String own = period.apply(local.apply(one));
    if (above.stream().anyMatch(other -> period.apply(local.apply(other)).equals(own))) {
      return false;
    }
    if (history.policy.by() == By.COUNT) {
      return above.stream().map(other -> period.apply(local.apply(other))).distinct().count()
          < wanted;
    }
    ZonedDateTime step =
        above.stream().max((a, b) -> newer(a, b) ? 1 : -1).map(local).orElse(local.apply(one));
    for (int i = 0; i < wanted; i++) {
      if (period.apply(step).equals(own)) {
        return true;
      }
      step = before.apply(step);
    }
    return false;
  }

  /** Whether the first moment of the window is reached from it, on some way that may matter. */
  boolean anchor(Stored one, Instant at) {
    if (one.base() == null || !good(one, at)) {
      return false;
    }
    List<Stored> bases =
        history.backups.stream()
            .filter(other -> other.base() != null && good(other, at))
            .filter(other -> other.base().systemIdentifier().equals(one.base().systemIdentifier()))
            .toList();
    List<Stored> all =
        history.backups.stream().filter(other -> other.base() != null && good(other, at)).toList();
    Instant begin =
        all.stream()
            .map(Stored::finishedAt)
            .max(Instant::compareTo)
            .orElseThrow()
            .minus(history.policy.walWindow());
    boolean replaced =
        all.stream()
            .anyMatch(
                later ->
                    !bases.contains(later)
                        && !later.finishedAt().isAfter(begin)
                        && bases.stream()
                            .allMatch(base -> base.finishedAt().isBefore(later.finishedAt())));
    if (replaced) {
      return false;
    }
    if (first(one, bases, begin, base -> true)) {
      return true;
    }
    return one.base().systemIdentifier().equals(history.system)
        && history.branches.keySet().stream()
            .filter(end -> matters(end, begin))
            .anyMatch(
                end -> leads(one.base(), end) && first(one, bases, begin, b -> leads(b, end)));
  }

  private boolean first(Stored one, List<Stored> bases, Instant begin, Predicate<Base> fits) {
    List<Stored> fitting = bases.stream().filter(other -> fits.test(other.base())).toList();
    boolean anyOld = fitting.stream().anyMatch(other -> !other.finishedAt().isAfter(begin));
    if (!anyOld) {
      return fitting.stream().noneMatch(other -> newer(one, other));
    }
    return !one.finishedAt().isAfter(begin)
        && fitting.stream()
            .noneMatch(other -> newer(other, one) && !other.finishedAt().isAfter(begin));
  }

  private boolean matters(int end, Instant begin) {
    int newest = history.branches.keySet().stream().max(Integer::compare).orElseThrow();
    if (end == newest) {
      return true;
    }
    boolean onTheWay = history.path(newest).stream().anyMatch(b -> b.timeline() == end);
    long then =
        history.marks.stream()
            .filter(mark -> mark.timeline() == end && !mark.at().isAfter(begin))
            .mapToLong(RandomHistory.Mark::lsn)
            .max()
            .orElse(-1);
    return !onTheWay
        && history.marks.stream().anyMatch(mark -> mark.timeline() == end && mark.lsn() > then);
  }

  /** Whether recovery from a base can end on a timeline. */
  private boolean leads(Base base, int end) {
    return entered(base, end) != null;
  }

  /**
   * The branches behind a base's own, on the way to a timeline; null when it does not lead there.
   */
  private List<Branch> entered(Base base, int end) {
    List<Branch> path = history.path(end);
    for (int i = 0; i < path.size(); i++) {
      if (path.get(i).timeline() == base.timeline()) {
        boolean left = i + 1 < path.size() && base.stop().address() > path.get(i + 1).switchedAt();
        return left ? null : path.subList(i + 1, path.size());
      }
    }
    return null;
  }

  /** Whether the WAL of an earlier system may go. */
  boolean formerGoes(Set<BackupId> stays, String system, Instant replacedAt) {
    boolean kept =
        stays.stream()
            .map(byId::get)
            .anyMatch(one -> one.base() != null && one.base().systemIdentifier().equals(system));
    return !kept
        && replacedAt != null
        && history.backups.stream()
            .filter(one -> one.base() != null && good(one, slackNow()))
            .filter(one -> one.base().systemIdentifier().equals(history.system))
            .anyMatch(
                one ->
                    !replacedAt
                        .plus(history.policy.walWindow())
                        .plus(history.policy.grace())
                        .isAfter(one.finishedAt()));
  }

  /** Whether something that stays needs the segment that begins at a position. */
  boolean needsWal(Set<BackupId> stays, int timeline, long segment) {
    return stays.stream()
        .map(byId::get)
        .filter(one -> one.base() != null && one.base().systemIdentifier().equals(history.system))
        .anyMatch(one -> needsWal(one, timeline, segment));
  }

  private boolean needsWal(Stored one, int timeline, long segment) {
    Base base = one.base();
    long end = segment + RandomHistory.SIZE.bytes();
    boolean own =
        base.timeline() == timeline
            && base.start().address() < end
            && base.stop().address() > segment;
    if (own) {
      return true;
    }
    if (!goesOn.computeIfAbsent(one.id(), unasked -> goesOn(one))) {
      return false;
    }
    return (base.timeline() == timeline && base.start().address() < end)
        || history.branches.keySet().stream()
            .filter(to -> to != base.timeline() && leads(base, to))
            .flatMap(to -> entered(base, to).stream())
            .anyMatch(branch -> branch.timeline() == timeline && branch.switchedAt() < end);
  }

  private boolean goesOn(Stored one) {
    return one.pinsWal()
        || (history.policy.walKeep() == WalKeep.WINDOW
            ? anchor(one, slackNow()) || anchor(one, graceBegan())
            : continued(one));
  }
}
