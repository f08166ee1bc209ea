package io.holdfast.api.copy;

import io.holdfast.api.backup.BackupCopyEntity;
import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.retention.RetentionService;
import io.holdfast.model.BackupId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What a further repository lacks. What its retention would not keep is never sent there. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class LackingCopies {
  /** What is not needed may be needed again after another one was lost, or by another policy. */
  private static final Duration JUDGED_AGAIN = Duration.ofHours(1);

  @Inject RetentionService retention;
  @Inject EntityManager entities;
  @Inject Clock clock;

  /**
   * An available backup that is not there.
   *
   * @param due whether it is to be tried now
   */
  private record Lacking(BackupQueries.Known backup, BackupId parent, boolean due) {}

  /**
   * The newest backup that is to be sent now; empty while another one is on its way, or something
   * is being removed there.
   */
  Optional<BackupQueries.Known> newest(String cluster, String repository) {
    if (busy(cluster, repository)) {
      return Optional.empty();
    }
    List<Lacking> lacking = lacking(cluster, repository);
    Set<BackupId> due = new HashSet<>();
    lacking.stream().filter(Lacking::due).forEach(one -> due.add(one.backup().id()));
    if (due.isEmpty()) {
      return Optional.empty();
    }
    Set<BackupId> wanted = retention.wanted(cluster, repository, due, sent(lacking, due));
    due.stream().filter(id -> !wanted.contains(id)).forEach(id -> notNeeded(id, repository));
    return lacking.stream()
        .map(Lacking::backup)
        .filter(backup -> wanted.contains(backup.id()))
        .findFirst();
  }

  private boolean busy(String cluster, String repository) {
    return !entities
        .createNativeQuery(
            "select 1 from backup_copy o join backup ob on ob.id = o.backup_id where ob.cluster ="
                + " :cluster and o.repository = :repository and o.state = 'COPYING' union all"
                + " select 1 from job where cluster = :cluster and finished_at is null and kind ="
                + " 'EXPIRE' and spec #>> '{repository,name}' = :repository limit 1")
        .setParameter("cluster", cluster)
        .setParameter("repository", repository)
        .getResultList()
        .isEmpty();
  }

  /** Newest first. */
  @SuppressWarnings("unchecked")
  private List<Lacking> lacking(String cluster, String repository) {
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select b.id, b.method, b.repository, cast(b.parent as text), c.backup_id is null or (c.state in"
                    + " ('FAILED', 'MISSING', 'FOUND', 'NOT_NEEDED') and coalesce(c.next_at,"
                    + " '-infinity') <= :now) from backup b left join backup_copy c on c.backup_id"
                    + " = b.id and c.repository = :repository where b.cluster = :cluster and"
                    + " b.state = 'AVAILABLE' and b.repository <> :repository and coalesce(c.state,"
                    + " '') not in ('VERIFIED', 'COPIED') order by b.finished_at desc, b.id desc")
            .setParameter("cluster", cluster)
            .setParameter("repository", repository)
            .setParameter("now", clock.instant())
            .getResultList();
    return rows.stream()
        .map(
            row ->
                new Lacking(
                    new BackupQueries.Known(
                        new BackupId(row[0].toString()), cluster, (String) row[1], (String) row[2]),
                    row[3] == null ? null : new BackupId((String) row[3]),
                    Boolean.TRUE.equals(row[4])))
        .toList();
  }

  /** These and what they build on and is not there, by where each is read. */
  private static Map<BackupId, String> sent(List<Lacking> lacking, Set<BackupId> due) {
    Map<BackupId, Lacking> byId = new HashMap<>();
    lacking.forEach(one -> byId.put(one.backup().id(), one));
    Map<BackupId, String> sent = new HashMap<>();
    for (BackupId first : due) {
      for (Lacking one = byId.get(first);
          one != null && sent.putIfAbsent(one.backup().id(), one.backup().repository()) == null; ) {
        one = one.parent() == null ? null : byId.get(one.parent());
      }
    }
    return sent;
  }

  private void notNeeded(BackupId id, String repository) {
    Instant now = clock.instant();
    BackupCopyEntity row = BackupCopyEntity.at(UUID.fromString(id.value()), repository, now);
    if (!row.state.equals(BackupCopyEntity.FOUND)) {
      row.arrives(BackupCopyEntity.NOT_NEEDED);
    }
    row.nextAt = now.plus(JUDGED_AGAIN);
  }
}
