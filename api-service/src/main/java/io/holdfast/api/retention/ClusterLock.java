package io.holdfast.api.retention;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;

/**
 * Keeps those who mean to read backups of a cluster and those who decide what to remove apart until
 * their transactions end. Who decides sees every reader that was admitted; who comes later sees
 * what was decided.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class ClusterLock {
  private static final int READERS = 17;
  private static final int HOLDS = 19;

  @Inject EntityManager entities;

  void toRead(String cluster) {
    take("pg_advisory_xact_lock_shared", cluster, READERS);
  }

  void toDecide(String cluster) {
    take("pg_advisory_xact_lock", cluster, READERS);
  }

  /**
   * Keeps those apart who change holds and who learn of another place where a backup lies: the
   * later one sees what the earlier did. Taken after {@link #toRead} where both are.
   */
  void toHold(String cluster) {
    take("pg_advisory_xact_lock", cluster, HOLDS);
  }

  private void take(String lock, String cluster, int what) {
    Object unused =
        entities
            .createNativeQuery(
                "select 1 from (select " + lock + "(hashtextextended(:c, :what))) l", Integer.class)
            .setParameter("c", cluster)
            .setParameter("what", (long) what)
            .getSingleResult();
  }
}
