package io.holdfast.api.ledger;

import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is known of a cluster's archive, for those who decide how long it is kept. */
@ApplicationScoped
public class ArchivedWal {
  /** Between a mark's moment and the worker's question to the primary, and to spare. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  @Inject EntityManager entities;

  /** As it was last seen; empty when nothing is archived, or nobody has looked. */
  @Transactional
  public Optional<ArchiveObservation> seen(String cluster) {
    return ArchiveStateEntity.<ArchiveStateEntity>findByIdOptional(cluster)
        .map(ArchiveStateEntity::seen)
        .filter(seen -> seen.systemIdentifier() != null && seen.segmentBytes() != null)
        .filter(seen -> !seen.timelines().isEmpty());
  }

  /**
   * What lies before this position was written before the moment; empty when nobody knows.
   *
   * @param moment {@link Instant#MAX}: ever
   */
  @Transactional
  @SuppressWarnings("unchecked")
  public Optional<Lsn> writtenBefore(String cluster, int timeline, Instant moment) {
    boolean ever = moment.equals(Instant.MAX);
    List<Long> found =
        entities
            .createNativeQuery(
                "select lsn from wal_mark where cluster = :cluster and timeline = :timeline and"
                    + " (:ever or at <= :moment) order by lsn desc limit 1",
                Long.class)
            .setParameter("cluster", cluster)
            .setParameter("timeline", timeline)
            .setParameter("ever", ever)
            .setParameter("moment", ever ? Instant.EPOCH : moment.minus(SLACK))
            .getResultList();
    return found.stream().findFirst().map(Lsn::new);
  }
}
