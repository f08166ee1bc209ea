package io.holdfast.api.job;

/**
 * Which jobs wait for others of their cluster, whatever room there is. Each of them was told what
 * to do when it was recorded, so the later one waits for the earlier.
 *
 * <ul>
 *   <li>What removes WAL from a repository, and what writes it there: otherwise a file could come
 *       back that was removed on purpose, and nobody would look for it again. A {@code COPY_WAL}
 *       that is recorded after an expiration knows what that removes; and who deletes a backup by
 *       hand removes none and sweeps nothing.
 *   <li>What puts holds on objects of a repository, and what lifts them.
 *   <li>An incremental backup under other keys, and what it is to build on.
 * </ul>
 */
final class Turns {
  /** In SQL: {@code j} waits for {@code o}. */
  static final String WAITS =
      "o.cluster = j.cluster and o.finished_at is null and o.id < j.id and ("
          + "j.kind = 'EXPIRE' and j.spec ->> 'dryRun' = 'false' and j.spec -> 'sweep' is not null"
          + " and (o.kind = 'REENCRYPT_WAL' or"
          + " o.kind = 'COPY_WAL' and"
          + " o.spec #>> '{destination,name}' = j.spec #>> '{repository,name}') or"
          + " j.kind = 'REENCRYPT_WAL' and o.kind = 'EXPIRE' and o.spec ->> 'dryRun' = 'false'"
          + " and o.spec -> 'sweep' is not null or"
          + " j.kind = 'LEGAL_HOLD' and o.kind = 'LEGAL_HOLD' and"
          + " o.spec #>> '{repository,name}' = j.spec #>> '{repository,name}' or"
          + " j.kind = 'REENCRYPT' and o.kind = 'REENCRYPT' and o.spec ->> 'backupId' = j.spec ->>"
          + " 'parent')";

  /** In SQL: the turn of {@code j} has come. */
  static final String COME =
      "(j.kind not in ('EXPIRE', 'REENCRYPT_WAL', 'REENCRYPT', 'LEGAL_HOLD') or not exists (select"
          + " 1 from job o where "
          + WAITS
          + "))";

  private Turns() {}

  /**
   * @param kind of the job that is waited for
   */
  static String sentence(Object job, String kind) {
    return "waits for job "
        + job
        + switch (kind) {
          case "EXPIRE" -> ", which removes WAL of the cluster";
          case "REENCRYPT" -> ", which makes what this one builds on";
          case "LEGAL_HOLD" -> ", which puts or lifts holds where this one does";
          default -> ", which writes WAL where this one removes it";
        };
  }
}
