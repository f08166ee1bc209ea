package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterRetention.WalKeep;
import io.holdfast.api.retention.RetentionFacts.Archive;
import io.holdfast.api.retention.RetentionFacts.Base;
import io.holdfast.api.retention.RetentionPlan.Action;
import io.holdfast.api.retention.RetentionPlan.BackupDecision;
import io.holdfast.api.retention.RetentionPlan.Code;
import io.holdfast.api.retention.RetentionPlan.Reason;
import io.holdfast.api.retention.RetentionPlan.WalDecision;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation.Range;
import io.holdfast.model.wal.ArchiveObservation.Timeline;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.TimelineHistory.Ancestor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Decides which WAL stays. Every base backup that stays needs what was written while it was taken;
 * those that recovery starts from need all that follows, on their own timeline and on every one
 * that comes from it. What nobody needs goes when it is known to be older than the window. Pure.
 */
final class WalPlanner {
  /** Those that stay for these reasons alone are there to be restored as they are. */
  private static final Set<Code> AS_THEY_ARE = EnumSet.of(Code.HOLD, Code.PROVEN, Code.PARENT);

  private final RetentionFacts facts;
  private final Chains chains;
  private final Archive archive;
  private final List<BackupDecision> bases;

  WalPlanner(RetentionFacts facts, Chains chains, List<BackupDecision> decisions) {
    this.facts = facts;
    this.chains = chains;
    this.archive = facts.archive();
    this.bases =
        archive == null
            ? List.of()
            : decisions.stream()
                .filter(decision -> !decision.expires() && decision.backup().base() != null)
                .filter(decision -> ofArchive(decision.backup().base()))
                .toList();
  }

  private boolean ofArchive(Base base) {
    return base.systemIdentifier().equals(archive.systemIdentifier());
  }

  /**
   * @param to exclusive; null: all that follows
   */
  private record Need(Lsn from, Lsn to, Reason reason) {
    boolean covers(Lsn lsn) {
      return from.compareTo(lsn) <= 0 && (to == null || lsn.compareTo(to) < 0);
    }

    Lsn end(Lsn otherwise) {
      return to == null ? otherwise : min(to, otherwise);
    }
  }

  /** By timeline and position; empty when nobody has looked at the archive. */
  List<WalDecision> plan() {
    List<WalDecision> decisions = new ArrayList<>();
    if (archive == null) {
      return decisions;
    }
    Instant now = facts.now().plus(RetentionPlanner.CLOCK_SLACK);
    Optional<Instant> limit =
        bases.stream()
            .map(BackupDecision::backup)
            .filter(chains::restorable)
            .filter(backup -> !backup.finishedAt().isAfter(now))
            .findFirst()
            .map(
                newest ->
                    newest
                        .finishedAt()
                        .minus(facts.policy().walWindow())
                        .minus(facts.policy().grace()));
    for (Timeline timeline : archive.timelines()) {
      List<Need> needs = needs(timeline);
      for (Range range : timeline.ranges()) {
        if (limit.isEmpty()) {
          decisions.add(
              keep(
                  timeline,
                  range.from(),
                  range.to(),
                  new Reason(Code.BASE, "there is no base backup to judge it by")));
        } else {
          split(timeline, range, needs, limit.get(), decisions);
        }
      }
    }
    return decisions;
  }

  private List<Need> needs(Timeline timeline) {
    if (timeline.history() == null) {
      return List.of(
          new Need(
              new Lsn(0),
              null,
              new Reason(Code.UNKNOWN, "its history is not archived: nobody knows what needs it")));
    }
    List<Need> needs = new ArrayList<>();
    for (BackupDecision decision : bases) {
      Base base = decision.backup().base();
      if (continued(decision)) {
        begins(base, timeline)
            .min(Comparator.naturalOrder())
            .ifPresent(
                begin ->
                    needs.add(
                        new Need(
                            floor(begin),
                            null,
                            new Reason(
                                Code.BASE,
                                "recovery from backup " + decision.id() + " leads through it"))));
      } else if (base.timeline() == timeline.timeline()) {
        needs.add(
            new Need(
                floor(base.start()),
                ceiling(base.stop()),
                new Reason(
                    Code.BASE, "it was written while backup " + decision.id() + " was taken")));
      }
    }
    return needs;
  }

  private boolean continued(BackupDecision decision) {
    if (decision.backup().pinsWal()) {
      return true;
    }
    return facts.policy().walKeep() == WalKeep.WINDOW
        ? decision.reasons().stream().anyMatch(reason -> reason.code() == Code.WINDOW)
        : decision.reasons().stream().anyMatch(reason -> !AS_THEY_ARE.contains(reason.code()));
  }

  /** Where the ways of recovery from a base enter a timeline; empty when none does. */
  private Stream<Lsn> begins(Base base, Timeline timeline) {
    if (base.timeline() == timeline.timeline()) {
      return Stream.of(base.start());
    }
    return archive.timelines().stream()
        .filter(end -> end.timeline() != base.timeline() && WalAnchors.leadsTo(base, end))
        .flatMap(end -> entered(end, base.timeline(), timeline.timeline()).stream());
  }

  /** Where the way to a timeline, once it has left one, enters another. */
  private static Optional<Lsn> entered(Timeline end, int left, int wanted) {
    Lsn begin = null;
    for (Ancestor ancestor : end.history().ancestors()) {
      if (begin != null && ancestor.timeline() == wanted) {
        return Optional.of(begin);
      }
      if (begin != null || ancestor.timeline() == left) {
        begin = ancestor.switchedAt();
      }
    }
    return end.timeline() == wanted ? Optional.ofNullable(begin) : Optional.empty();
  }

  private void split(
      Timeline timeline, Range range, List<Need> needs, Instant limit, List<WalDecision> into) {
    Lsn at = range.from();
    while (at.compareTo(range.to()) < 0) {
      Lsn here = at;
      Optional<Need> need =
          needs.stream()
              .filter(one -> one.covers(here))
              .max(Comparator.comparing(one -> one.end(range.to())));
      if (need.isPresent()) {
        at = need.get().end(range.to());
        into.add(keep(timeline, here, at, need.get().reason()));
      } else {
        at =
            needs.stream()
                .map(Need::from)
                .filter(from -> from.compareTo(here) > 0)
                .reduce(range.to(), WalPlanner::min);
        free(timeline, here, at, limit, into);
      }
    }
  }

  /** What nobody needs: it goes as far as it is old enough. */
  private void free(Timeline timeline, Lsn from, Lsn to, Instant limit, List<WalDecision> into) {
    Optional<Lsn> old = writtenBefore(timeline.timeline(), limit);
    if (old.isEmpty()) {
      into.add(
          keep(
              timeline,
              from,
              to,
              new Reason(Code.UNKNOWN, "nobody knows that it was written before " + limit)));
      return;
    }
    Lsn cut = max(from, min(to, floor(old.get())));
    if (cut.compareTo(from) > 0) {
      into.add(
          decision(
              timeline,
              from,
              cut,
              Action.EXPIRE,
              new Reason(
                  Code.NOT_NEEDED,
                  "written before " + limit + ", and no base backup that stays needs it")));
    }
    if (cut.compareTo(to) < 0) {
      into.add(keep(timeline, cut, to, new Reason(Code.WINDOW, "written after " + limit)));
    }
  }

  /** By marks of the ledger, and by base backups: what lies before one is older than it. */
  private Optional<Lsn> writtenBefore(int timeline, Instant limit) {
    return Stream.concat(
            archive.written().before(timeline, limit).stream(),
            facts.backups().stream()
                .filter(backup -> backup.base() != null && ofArchive(backup.base()))
                .filter(backup -> backup.base().timeline() == timeline)
                .filter(backup -> !backup.finishedAt().isAfter(limit))
                .map(backup -> backup.base().start()))
        .max(Comparator.naturalOrder());
  }

  private WalDecision keep(Timeline timeline, Lsn from, Lsn to, Reason reason) {
    return decision(timeline, from, to, Action.KEEP, reason);
  }

  private WalDecision decision(Timeline timeline, Lsn from, Lsn to, Action action, Reason reason) {
    return new WalDecision(
        archive.systemIdentifier(),
        timeline.timeline(),
        archive.segments().bytes(),
        from,
        to,
        action,
        reason);
  }

  private Lsn floor(Lsn lsn) {
    SegmentSize size = archive.segments();
    return size.start(size.number(lsn));
  }

  private Lsn ceiling(Lsn lsn) {
    SegmentSize size = archive.segments();
    return size.start(size.numberBefore(lsn) + 1);
  }

  private static Lsn min(Lsn one, Lsn other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static Lsn max(Lsn one, Lsn other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
