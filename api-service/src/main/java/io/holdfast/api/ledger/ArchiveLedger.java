package io.holdfast.api.ledger;

import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.backup.PhysicalBackup;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.ledger.Continuity.Hole;
import io.holdfast.model.Lsn;
import io.holdfast.model.event.WorkerEvent;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.ArchiveObservation.Slot;
import io.holdfast.model.wal.ArchiveSpec;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Takes what workers saw of archives, in the transaction of the event, and notes what changed. An
 * observation that is older than what is known, or of another server, changes nothing.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class ArchiveLedger {
  @Inject ClusterService clusters;
  @Inject BackupQueries backups;
  @Inject Gaps gaps;
  @Inject ExpiredWal expired;
  @Inject WalMarks marks;
  @Inject RestorableSpans spans;
  @Inject ClusterEvents events;
  @Inject EntityManager entities;
  @Inject Clock clock;

  void observed(@Observes ArchiveObservation seen) {
    Optional<ClusterService.Declaration> cluster = clusters.declaration(seen.cluster());
    boolean ours =
        cluster.isPresent()
            && cluster.get().archive() != null
            && (seen.systemIdentifier() == null
                || seen.systemIdentifier().equals(cluster.get().spec().systemIdentifier()));
    if (!ours) {
      return;
    }
    Instant at = seen.observedAt().truncatedTo(ChronoUnit.MICROS);
    boolean first = create(seen, at);
    ArchiveStateEntity state =
        ArchiveStateEntity.findById(seen.cluster(), LockModeType.PESSIMISTIC_WRITE);
    if (!first && !at.isAfter(state.observedAt)) {
      return;
    }
    if (!Objects.equals(state.seen().systemIdentifier(), seen.systemIdentifier())) {
      rebuilt(state, at);
    }
    if (first && events.noted(seen.cluster(), Condition.UNOBSERVED.raised())) {
      state.conditions = Wire.text(EnumSet.of(Condition.UNOBSERVED));
    }
    Continuity continuity = new Continuity(seen);
    List<PhysicalBackup> known = backups.physical(seen.cluster(), cluster.get().repository());
    List<Hole> holes = expired.without(seen.cluster(), seen.systemIdentifier(), continuity.holes());
    gaps.update(seen.cluster(), continuity, holes, state.holesSeen(), known, at);
    marks.add(seen.cluster(), seen);
    state.observedAt = at;
    state.observation = Wire.text(seen);
    state.holes = Wire.text(holes);
    state.slotUsed = Alarms.used(seen.slot());
    state.slotIdleSince = idleSince(state, seen, cluster.get().archive().spec());
    if (seen.primary() != null) {
      Lsn to = continuity.archivedTo();
      state.lagBytes = continuity.lagBytes();
      state.safeUntil =
          to == null
              ? null
              : marks
                  .safeUntil(seen.cluster(), continuity.path(seen.primary().timeline()), to)
                  .orElse(null);
    }
    state.restorable(
        spans.newest(seen, cluster.get().archive().spec(), continuity, known).orElse(null));
    judge(state, cluster.get(), at);
  }

  /** Positions of another server say nothing about this one's. */
  private void rebuilt(ArchiveStateEntity state, Instant at) {
    marks.forget(state.cluster);
    WalGapEntity.open(state.cluster).forEach(gap -> gap.closedAt = at);
    state.holes = "[]";
    state.firstObservedAt = at;
    state.slotIdleSince = null;
    state.lagBytes = null;
    state.safeUntil = null;
  }

  void refused(@Observes WorkerEvent.WalRefused refused) {
    if (clusters.declaration(refused.cluster()).isEmpty() || events.known(refused.eventId())) {
      return;
    }
    Map<String, String> details = new TreeMap<>();
    details.put("file", refused.file());
    details.put("worker", refused.worker());
    if (refused.keptAt() != null) {
      details.put("keptAt", refused.keptAt());
    }
    events.note(
        refused.cluster(),
        "WAL_REFUSED",
        refused.code(),
        refused.at(),
        refused.detail(),
        details,
        refused.eventId());
  }

  /** Clusters that are archived and of whose archives nobody has reported for a while. */
  @Transactional
  public List<String> silent() {
    Instant limit = clock.instant().minus(Alarms.UNOBSERVED_AFTER);
    return clusters.archived().stream()
        .filter(cluster -> cluster.changedAt().isBefore(limit))
        .map(cluster -> cluster.spec().name())
        .filter(
            name -> {
              ArchiveStateEntity state = ArchiveStateEntity.findById(name);
              return state == null || state.observedAt.isBefore(limit);
            })
        .toList();
  }

  /**
   * Judges again what nobody has reported on: silence is news, too. In a transaction of its own for
   * each, so that it never waits for one row while it holds another.
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  public void judgeSilent(String name) {
    Instant now = clock.instant();
    Optional<ClusterService.Declaration> cluster =
        clusters.declaration(name).filter(declared -> declared.archive() != null);
    if (cluster.isEmpty() || !alone(name)) {
      return;
    }
    ArchiveStateEntity state = ArchiveStateEntity.findById(name, LockModeType.PESSIMISTIC_WRITE);
    if (state == null) {
      neverSeen(name, cluster.get().changedAt(), now);
    } else {
      judge(state, cluster.get(), now);
    }
  }

  private void neverSeen(String cluster, Instant since, Instant now) {
    if (!events.noted(cluster, Condition.UNOBSERVED.raised())) {
      events.note(
          cluster,
          Condition.UNOBSERVED.raised(),
          now,
          "No worker has looked at the archive since " + since + ".",
          Map.of());
    }
  }

  private boolean alone(String cluster) {
    return Boolean.TRUE.equals(
        entities
            .createNativeQuery(
                "select pg_try_advisory_xact_lock(hashtextextended(:cluster, 13))", Boolean.class)
            .setParameter("cluster", cluster)
            .getSingleResult());
  }

  private void judge(ArchiveStateEntity state, ClusterService.Declaration cluster, Instant now) {
    Set<Condition> before = state.standing();
    Map<Condition, String> after = Alarms.judge(before, facts(state, cluster, now));
    for (Condition condition : Condition.values()) {
      if (after.containsKey(condition) && !before.contains(condition)) {
        events.note(state.cluster, condition.raised(), now, after.get(condition), Map.of());
      } else if (before.contains(condition)
          && !after.containsKey(condition)
          && condition.cleared() != null) {
        events.note(state.cluster, condition.cleared(), now, "It is over.", Map.of());
      }
    }
    Set<Condition> standing = EnumSet.noneOf(Condition.class);
    standing.addAll(after.keySet());
    if (!standing.equals(before)) {
      state.conditions = Wire.text(standing);
    }
  }

  static Alarms.Facts facts(
      ArchiveStateEntity state, ClusterService.Declaration cluster, Instant now) {
    return new Alarms.Facts(
        state.seen(),
        cluster.archive().spec(),
        state.lagBytes,
        state.safeUntil,
        state.firstObservedAt,
        state.slotIdleSince,
        now);
  }

  private static Instant idleSince(
      ArchiveStateEntity state, ArchiveObservation seen, ArchiveSpec archive) {
    Slot slot = seen.slot();
    if (archive.mode() == ArchiveSpec.Mode.PUSH) {
      return null;
    }
    if (slot == null) {
      return state.slotIdleSince;
    }
    return slot.active()
        ? null
        : state.slotIdleSince == null ? seen.observedAt() : state.slotIdleSince;
  }

  /** Whether there was none; two that come at once wait for each other. */
  private boolean create(ArchiveObservation seen, Instant at) {
    return entities
            .createNativeQuery(
                "insert into archive_state (cluster, first_observed_at, observed_at, observation,"
                    + " holes, conditions) values (:cluster, :at, :at, cast(:seen as jsonb), '[]',"
                    + " '[]') on conflict (cluster) do nothing")
            .setParameter("cluster", seen.cluster())
            .setParameter("at", at)
            .setParameter("seen", Wire.text(seen))
            .executeUpdate()
        > 0;
  }
}
