package io.holdfast.api.ledger;

import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.backup.PhysicalBackup;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.model.Lsn;
import io.holdfast.model.event.WorkerEvent;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.ArchiveObservation.Slot;
import io.holdfast.model.wal.ArchiveSpec;
import io.holdfast.model.wire.Wire;
import io.micrometer.core.instrument.MeterRegistry;
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
  @Inject WalMarks marks;
  @Inject ClusterEvents events;
  @Inject EntityManager entities;
  @Inject MeterRegistry metrics;
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
    Continuity continuity = new Continuity(seen);
    List<PhysicalBackup> known = backups.physical(seen.cluster(), cluster.get().repository());
    gaps.update(seen.cluster(), continuity, state.holesSeen(), known, at);
    marks.add(seen.cluster(), seen);
    state.observedAt = at;
    state.observation = Wire.text(seen);
    state.holes = Wire.text(continuity.holes());
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
    judge(state, cluster.get(), at);
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
    metrics
        .counter("holdfast.archive.refused", "cluster", refused.cluster(), "code", refused.code())
        .increment();
  }

  /** Judges again what nobody has reported on: silence is news, too. */
  @SuppressWarnings("unchecked")
  @Transactional
  public void judgeSilent() {
    Instant now = clock.instant();
    List<ArchiveStateEntity> silent =
        entities
            .createNativeQuery(
                "select * from archive_state where observed_at < :limit order by cluster for update"
                    + " skip locked",
                ArchiveStateEntity.class)
            .setParameter("limit", now.minus(Alarms.UNOBSERVED_AFTER))
            .getResultList();
    for (ArchiveStateEntity state : silent) {
      clusters
          .declaration(state.cluster)
          .filter(cluster -> cluster.archive() != null)
          .ifPresent(cluster -> judge(state, cluster, now));
    }
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
