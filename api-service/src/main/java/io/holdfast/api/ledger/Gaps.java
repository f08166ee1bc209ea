package io.holdfast.api.ledger;

import io.holdfast.api.backup.PhysicalBackup;
import io.holdfast.api.ledger.Continuity.Hole;
import io.holdfast.model.JobId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Keeps gaps: a hole becomes one when it is no mere delay, and stays the same one as it shrinks.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class Gaps {
  @Inject ClusterEvents events;
  @Inject ExpiredWal expired;
  @Inject Clock clock;

  /**
   * @param holes what is missing and was not removed on purpose
   * @param before likewise, at the observation before
   */
  void update(
      String cluster,
      Continuity seen,
      List<Hole> holes,
      List<Hole> before,
      List<PhysicalBackup> backups,
      Instant at) {
    List<WalGapEntity> open = WalGapEntity.open(cluster);
    List<WalGapEntity> still = new ArrayList<>();
    for (Hole hole : holes) {
      Optional<WalGapEntity> known =
          open.stream()
              .filter(gap -> !still.contains(gap) && gap.hole().overlaps(hole))
              .findFirst();
      if (known.isPresent()) {
        known.get().fromLsn = hole.from().address();
        known.get().toLsn = hole.to().address();
        still.add(known.get());
      } else if (seen.reportedDone(hole) || before.stream().anyMatch(hole::overlaps)) {
        still.add(found(cluster, hole, at));
      }
    }
    open.stream()
        .filter(gap -> !still.contains(gap))
        .forEach(
            gap -> closed(gap, expired.covers(cluster, seen.systemIdentifier(), gap.hole()), at));
    still.stream()
        .filter(gap -> gap.supersededBy == null)
        .forEach(gap -> supersede(gap, seen, backups, at));
  }

  private WalGapEntity found(String cluster, Hole hole, Instant at) {
    WalGapEntity gap = new WalGapEntity();
    gap.id = UUID.fromString(JobId.next(clock).value());
    gap.cluster = cluster;
    gap.timeline = hole.timeline();
    gap.fromLsn = hole.from().address();
    gap.toLsn = hole.to().address();
    gap.since = at;
    gap.persist();
    events.note(
        cluster,
        "GAP_FOUND",
        at,
        "WAL of timeline "
            + hole.timeline()
            + " from "
            + hole.from()
            + " to "
            + hole.to()
            + " is missing: a new full backup is due.",
        details(gap));
    return gap;
  }

  private void closed(WalGapEntity gap, boolean removed, Instant at) {
    gap.closedAt = at;
    events.note(
        gap.cluster,
        removed ? "GAP_EXPIRED" : "GAP_CLOSED",
        at,
        "WAL of timeline "
            + gap.timeline
            + " from "
            + gap.hole().from()
            + " to "
            + gap.hole().to()
            + (removed ? " has expired with the WAL around it." : " is there."),
        details(gap));
  }

  private void supersede(
      WalGapEntity gap, Continuity seen, List<PhysicalBackup> backups, Instant at) {
    backups.stream()
        .filter(backup -> seen.supersedes(backup, gap.hole()))
        .findFirst()
        .ifPresent(
            backup -> {
              gap.supersededBy = UUID.fromString(backup.id().value());
              events.note(
                  gap.cluster,
                  "GAP_SUPERSEDED",
                  at,
                  "Backup "
                      + backup.id()
                      + " lies behind the gap from "
                      + gap.hole().from()
                      + " to "
                      + gap.hole().to()
                      + ": what follows can be reached from it.",
                  details(gap));
            });
  }

  private static Map<String, String> details(WalGapEntity gap) {
    return Map.of(
        "gapId", gap.id.toString(),
        "timeline", Integer.toString(gap.timeline),
        "fromLsn", gap.hole().from().toString(),
        "toLsn", gap.hole().to().toString());
  }
}
