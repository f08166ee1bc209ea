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
  @Inject EntityManager entities;

  void toRead(String cluster) {
    take("pg_advisory_xact_lock_shared", cluster);
  }

  void toDecide(String cluster) {
    take("pg_advisory_xact_lock", cluster);
  }

  private void take(String lock, String cluster) {
    Object unused =
        entities
            .createNativeQuery(
                "select 1 from (select " + lock + "(hashtextextended(:c, 17))) l", Integer.class)
            .setParameter("c", cluster)
            .getSingleResult();
  }
}
