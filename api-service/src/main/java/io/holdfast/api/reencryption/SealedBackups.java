package io.holdfast.api.reencryption;

import io.holdfast.model.BackupId;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.manifest.Encryption;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What the catalog knows of the keys that the backups of a cluster were ever under. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class SealedBackups {
  @Inject EntityManager entities;

  /**
   * A backup that can be read.
   *
   * @param encryption null: none
   * @param parent what it builds on; null: nothing
   * @param madeWith {@code ENVELOPE}: the key-encryption key of the job that made it; null: that is
   *     not known
   * @param rotated whether its data key may have been wrapped by the key in question since
   * @param from whose content it has, under other keys; null: nobody's
   * @param underWay the job that puts its content under the declared keys; null: none does
   * @param underWaySecond what that one makes
   */
  record Sealed(
      BackupId id,
      String repository,
      Encryption encryption,
      BackupId parent,
      String madeWith,
      boolean rotated,
      BackupId from,
      String underWay,
      BackupId underWaySecond) {
    /**
     * Whether who has the key can read it, or has been able to: wrapped forms say by which key a
     * data key is wrapped now, so what nobody knows counts as opened.
     *
     * @param key its name, or a recipient's fingerprint
     */
    boolean openedBy(String key) {
      if (encryption == null) {
        return false;
      }
      return switch (encryption.type()) {
        case ENVELOPE -> madeWith == null || madeWith.equals(key) || rotated;
        case OPENPGP ->
            encryption.keys().stream()
                .anyMatch(one -> key.equals(one.name()) || key.equalsIgnoreCase(one.fingerprint()));
      };
    }
  }

  /**
   * Oldest first.
   *
   * @param declared with what is encrypted now
   */
  @SuppressWarnings("unchecked")
  List<Sealed> of(String cluster, String key, EncryptionSpec declared) {
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select cast(b.id as text), b.repository, cast(nullif(b.manifest -> 'encryption',"
                    + " 'null') as text), b.manifest ->> 'parent', coalesce(j.spec #>>"
                    + " '{cluster,encryption,key}', j.spec #>> '{encryption,key}'), exists (select 1"
                    + " from job r where r.cluster = b.cluster and r.kind = 'ROTATE_KEYS' and r.spec"
                    + " ->> 'key' = :key and r.created_at >= coalesce(j.created_at, b.finished_at)),"
                    + " b.manifest ->> 'reencryptedFrom', cast(q.id as text), q.spec ->> 'backupId'"
                    + " from backup b left join job j on j.id = b.job_id left join lateral (select"
                    + " u.id, u.spec from job u where u.cluster = b.cluster and u.kind ="
                    + " 'REENCRYPT' and u.finished_at is null and u.spec ->> 'original' = cast(b.id"
                    + " as text) and u.spec -> 'encryption' = cast(:declared as jsonb) order by u.id"
                    + " limit 1) q on true where b.cluster = :cluster and b.state in ('AVAILABLE', 'SUSPECT')"
                    + " order by b.finished_at, b.id")
            .setParameter("cluster", cluster)
            .setParameter("key", key)
            .setParameter("declared", Wire.text(declared))
            .getResultList();
    return rows.stream()
        .map(
            row ->
                new Sealed(
                    new BackupId((String) row[0]),
                    (String) row[1],
                    row[2] == null ? null : Wire.read((String) row[2], Encryption.class),
                    id(row[3]),
                    (String) row[4],
                    (Boolean) row[5],
                    id(row[6]),
                    (String) row[7],
                    id(row[8])))
        .toList();
  }

  /** The job that is to put the WAL of a cluster under these keys and was not begun yet. */
  @SuppressWarnings("unchecked")
  Optional<String> walWaiting(String cluster, EncryptionSpec declared) {
    List<String> ids =
        entities
            .createNativeQuery(
                "select cast(id as text) from job where cluster = :cluster and kind ="
                    + " 'REENCRYPT_WAL' and finished_at is null and dispatched_at is null and spec"
                    + " -> 'encryption' = cast(:declared as jsonb) order by id limit 1",
                String.class)
            .setParameter("declared", Wire.text(declared))
            .setParameter("cluster", cluster)
            .getResultList();
    return ids.stream().findFirst();
  }

  /** Id and state of jobs. */
  @SuppressWarnings("unchecked")
  List<Object[]> states(List<String> jobs) {
    return entities
        .createNativeQuery("select cast(id as text), state from job where id in (:ids)")
        .setParameter("ids", jobs.stream().map(UUID::fromString).toList())
        .getResultList();
  }

  private static BackupId id(Object text) {
    return text == null ? null : new BackupId((String) text);
  }
}
