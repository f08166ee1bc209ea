package io.holdfast.api.ledger;

import io.holdfast.api.ledger.Continuity.Hole;
import io.holdfast.model.Lsn;
import io.holdfast.model.job.JobSpec.WalRange;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.ArchiveObservation.Range;
import io.holdfast.model.wal.ArchiveObservation.Timeline;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is known of a cluster's archive, for those who decide how long it is kept. */
@ApplicationScoped
public class ArchivedWal {
  /** Between a mark's moment and the worker's question to the primary, and to spare. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  @Inject EntityManager entities;
  @Inject ExpiredWal expired;

  /** As it was last seen; empty when nothing is archived, or nobody has looked. */
  @Transactional
  public Optional<ArchiveObservation> seen(String cluster) {
    return ArchiveStateEntity.<ArchiveStateEntity>findByIdOptional(cluster)
        .map(ArchiveStateEntity::seen)
        .filter(seen -> seen.systemIdentifier() != null && seen.segmentBytes() != null)
        .filter(seen -> !seen.timelines().isEmpty());
  }

  /**
   * What may lie of it in a further repository: all that its first one has, and has had, without
   * what was removed there. More than that is never there, and less does no harm.
   */
  @Transactional
  public Optional<ArchiveObservation> copied(String cluster, String repository) {
    return seen(cluster).map(seen -> copied(seen, repository));
  }

  private ArchiveObservation copied(ArchiveObservation seen, String repository) {
    String system = seen.systemIdentifier();
    List<Hole> had = expired.removed(seen.cluster(), repository, system, true);
    List<Hole> gone = expired.removed(seen.cluster(), repository, system, false);
    return new ArchiveObservation(
        seen.cluster(),
        seen.observedAt(),
        system,
        seen.segmentBytes(),
        seen.timelines().stream().map(timeline -> copied(timeline, had, gone)).toList(),
        null,
        null,
        null,
        null);
  }

  private static Timeline copied(Timeline timeline, List<Hole> had, List<Hole> gone) {
    Stream<Hole> has =
        timeline.ranges().stream()
            .map(range -> new Hole(timeline.timeline(), range.from(), range.to()));
    List<Hole> left =
        merged(
            Stream.concat(has, had.stream())
                .filter(one -> one.timeline() == timeline.timeline())
                .toList());
    for (Hole removed : gone) {
      left = left.stream().flatMap(one -> ExpiredWal.minus(one, removed).stream()).toList();
    }
    return new Timeline(
        timeline.timeline(),
        timeline.history(),
        left.stream().map(one -> new Range(one.from(), one.to())).toList());
  }

  /** Stretches of one timeline, ascending and apart from each other. */
  private static List<Hole> merged(List<Hole> stretches) {
    List<Hole> merged = new ArrayList<>();
    for (Hole next : stretches.stream().sorted(Comparator.comparing(Hole::from)).toList()) {
      Hole last = merged.isEmpty() ? null : merged.getLast();
      if (last == null || last.to().compareTo(next.from()) < 0) {
        merged.add(next);
      } else if (last.to().compareTo(next.to()) < 0) {
        merged.set(merged.size() - 1, new Hole(last.timeline(), last.from(), next.to()));
      }
    }
    return merged;
  }

  /** What was removed from a repository on purpose and is not to be sent there again. */
  @Transactional
  public List<WalRange> removed(String cluster, String repository) {
    return seen(cluster).stream()
        .flatMap(
            seen ->
                expired.removed(cluster, repository, seen.systemIdentifier(), false).stream()
                    .collect(
                        Collectors.groupingBy(Hole::timeline, TreeMap::new, Collectors.toList()))
                    .values()
                    .stream()
                    .flatMap(timeline -> merged(timeline).stream())
                    .map(
                        one ->
                            new WalRange(
                                seen.systemIdentifier(),
                                one.timeline(),
                                seen.segmentBytes(),
                                one.from(),
                                one.to())))
        .toList();
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
