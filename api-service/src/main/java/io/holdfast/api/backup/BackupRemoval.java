package io.holdfast.api.backup;

import io.holdfast.model.BackupId;
import io.holdfast.model.JobId;
import io.holdfast.model.job.Doomed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Writes down what is removed from where: a backup from its first repository, or a copy of it from
 * another one. A backup that lies elsewhere when it is gone from its first repository has its first
 * one there from then on.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class BackupRemoval {
  /** A backup's row, and that of a copy, by the column with the backup's id. */
  private static final Map<String, String> PLACES =
      Map.of("backup", "id", "backup_copy", "backup_id");

  @Inject EntityManager entities;

  /** A job is to remove these; nobody may begin to read them there any more. */
  public void expiring(JobId job, String repository, List<Doomed> doomed) {
    doomed.forEach(
        one ->
            PLACES.forEach(
                (table, key) -> {
                  int unused =
                      entities
                          .createNativeQuery(
                              "update "
                                  + table
                                  + " set state_before = case when state = 'EXPIRING' then"
                                  + " state_before else state end, expiry_begun = (state ="
                                  + " 'EXPIRING'), state = 'EXPIRING', expiry_reason = :reason,"
                                  + " expiry_job = :job where repository = :repository and state <>"
                                  + " 'EXPIRED' and "
                                  + key
                                  + " = :id")
                          .setParameter("reason", one.because())
                          .setParameter("job", uuid(job))
                          .setParameter("repository", repository)
                          .setParameter("id", uuid(one.backupId()))
                          .executeUpdate();
                }));
  }

  /** These are gone; the rows stay, what they held does not. */
  public void expired(JobId job, List<BackupId> gone, Instant at) {
    for (BackupId id : gone) {
      PLACES.forEach(
          (table, key) -> {
            int unused =
                entities
                    .createNativeQuery(
                        "update "
                            + table
                            + " set state = 'EXPIRED', expired_at = :at where expiry_job = :job and "
                            + key
                            + " = :id")
                    .setParameter("at", at)
                    .setParameter("id", uuid(id))
                    .setParameter("job", uuid(job))
                    .executeUpdate();
          });
      lieElsewhere(id);
      int alsoUnused =
          entities
              .createNativeQuery(
                  "delete from backup_content c using backup b where c.backup_id = :id and b.id ="
                      + " c.backup_id and b.state = 'EXPIRED'")
              .setParameter("id", uuid(id))
              .executeUpdate();
    }
  }

  /** The copy that is most sure to be there takes the place of one that is gone. */
  @SuppressWarnings("unchecked")
  private void lieElsewhere(BackupId id) {
    List<String> copies =
        entities
            .createNativeQuery(
                "select c.repository from backup_copy c join backup b on b.id = c.backup_id where"
                    + " c.backup_id = :id and b.state = 'EXPIRED' and c.state in ('VERIFIED',"
                    + " 'FOUND', 'COPIED') order by c.state desc, c.repository limit 1",
                String.class)
            .setParameter("id", uuid(id))
            .getResultList();
    for (String copy : copies) {
      for (String sql :
          List.of(
              "insert into backup_copy as c (backup_id, repository, state, asked_at, stored_bytes,"
                  + " manifest_sha256, state_before, expiry_reason, expiry_job, expired_at) select"
                  + " id, repository, state, expired_at, stored_bytes, manifest_sha256,"
                  + " state_before, expiry_reason, expiry_job, expired_at from backup where id ="
                  + " :id and repository <> :copy on conflict (backup_id, repository) do update set"
                  + " state = excluded.state, expiry_reason = excluded.expiry_reason, expiry_job ="
                  + " excluded.expiry_job, expired_at = excluded.expired_at",
              "update backup set repository = :copy, state = case when doubtful then 'SUSPECT' else"
                  + " 'AVAILABLE' end, suspect_reason = case when doubtful then suspect_reason end,"
                  + " state_before = null, expiry_begun = false, expiry_reason = null, expiry_job ="
                  + " null, expired_at = null where id = :id",
              "delete from backup_copy where backup_id = :id and repository = :copy")) {
        int unused =
            entities
                .createNativeQuery(sql)
                .setParameter("id", uuid(id))
                .setParameter("copy", copy)
                .executeUpdate();
      }
    }
  }

  /** A job was to remove these and found them needed; they are whole. */
  public void spared(JobId job, List<BackupId> kept) {
    for (BackupId id : kept) {
      PLACES.forEach(
          (table, key) -> {
            int unused =
                takeBack(table, key + " = :id and", job)
                    .setParameter("id", uuid(id))
                    .executeUpdate();
          });
    }
  }

  /** A job that was to remove backups never began; one before it may have. */
  public void untouched(JobId job) {
    for (String table : PLACES.keySet()) {
      int unused = takeBack(table, "not expiry_begun and", job).executeUpdate();
    }
  }

  private Query takeBack(String table, String which, JobId job) {
    return entities
        .createNativeQuery(
            "update "
                + table
                + " set state = coalesce(state_before, '"
                + (table.equals("backup") ? BackupEntity.SUSPECT : BackupCopyEntity.FOUND)
                + "'), state_before = null, expiry_begun = false, expiry_reason = null, expiry_job"
                + " = null where "
                + which
                + " expiry_job = :job and state = 'EXPIRING'")
        .setParameter("job", uuid(job));
  }

  /**
   * Whether a backup is being removed from a repository, or is gone from it; what lies elsewhere is
   * another matter. Asked of the catalog, not of the session.
   */
  public boolean leaving(BackupId backupId, String repository) {
    return !entities
        .createNativeQuery(
            "select 1 from backup where id = :id and repository = :repository and state in"
                + " ('EXPIRING', 'EXPIRED') union all select 1 from backup_copy where backup_id ="
                + " :id and repository = :repository and state in ('EXPIRING', 'EXPIRED')",
            Integer.class)
        .setParameter("id", uuid(backupId))
        .setParameter("repository", repository)
        .getResultList()
        .isEmpty();
  }

  private static UUID uuid(BackupId id) {
    return UUID.fromString(id.value());
  }

  private static UUID uuid(JobId job) {
    return UUID.fromString(job.value());
  }
}
