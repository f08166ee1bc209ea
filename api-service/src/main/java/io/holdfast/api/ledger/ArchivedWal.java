package io.holdfast.api.ledger;

import io.holdfast.api.cluster.ClusterPlace;
import io.holdfast.api.ledger.Continuity.Hole;
import io.holdfast.api.ledger.ExpiredWal.Removed;
import io.holdfast.model.Lsn;
import io.holdfast.model.job.WalRange;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is known of a cluster's archive, for those who decide how long it is kept. */
@ApplicationScoped
public class ArchivedWal {
  /** Between a mark's moment and the worker's question to the primary, and to spare. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  @Inject EntityManager entities;
  @Inject ExpiredWal expired;

  /** As they were last seen; without those of which nothing is archived, or nobody has looked. */
  @Transactional
  public Map<String, ArchiveObservation> seen(Set<String> clusters) {
    Map<String, ArchiveObservation> all = new HashMap<>();
    for (ArchiveStateEntity state :
        ArchiveStateEntity.<ArchiveStateEntity>list("cluster in ?1", clusters)) {
      ArchiveObservation seen = state.seen();
      boolean known = seen.systemIdentifier() != null && seen.segmentBytes() != null;
      if (known && !seen.timelines().isEmpty()) {
        all.put(state.cluster, seen);
      }
    }
    return all;
  }

  /**
   * What may lie in further repositories: all that the first one has, and has had, without what was
   * removed there. More than that is never there, and less does no harm.
   *
   * @param seen in the first one
   */
  @Transactional
  public Map<ClusterPlace, ArchiveObservation> copied(Map<ClusterPlace, ArchiveObservation> seen) {
    if (seen.isEmpty()) {
      return Map.of();
    }
    Map<String, List<Removed>> removed =
        expired.removed(
            seen.keySet().stream().map(ClusterPlace::cluster).collect(Collectors.toSet()));
    Map<ClusterPlace, ArchiveObservation> copied = new HashMap<>();
    seen.forEach(
        (place, first) ->
            copied.put(
                place,
                copied(
                    first, place.repository(), removed.getOrDefault(place.cluster(), List.of()))));
    return copied;
  }

  private static ArchiveObservation copied(
      ArchiveObservation seen, String repository, List<Removed> removed) {
    String system = seen.systemIdentifier();
    List<Hole> had = holes(removed, system, one -> !one.repository().equals(repository));
    List<Hole> gone = holes(removed, system, one -> one.repository().equals(repository));
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

  private static List<Hole> holes(List<Removed> removed, String system, Predicate<Removed> where) {
    return removed.stream()
        .filter(one -> one.systemIdentifier().equals(system))
        .filter(where)
        .map(Removed::hole)
        .toList();
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
    ArchiveObservation seen = seen(Set.of(cluster)).get(cluster);
    if (seen == null) {
      return List.of();
    }
    List<Removed> removed = expired.removed(Set.of(cluster)).getOrDefault(cluster, List.of());
    return holes(removed, seen.systemIdentifier(), one -> one.repository().equals(repository))
        .stream()
        .collect(Collectors.groupingBy(Hole::timeline, TreeMap::new, Collectors.toList()))
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
                    one.to()))
        .toList();
  }

  /**
   * What of a cluster's timeline was written before a moment?
   *
   * @param moment {@link Instant#MAX}: ever
   */
  public record Question(String cluster, int timeline, Instant moment) {}

  /** The position before which all was; without those of which nobody knows. */
  @Transactional
  @SuppressWarnings("unchecked")
  public Map<Question, Lsn> writtenBefore(List<Question> questions) {
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select q.nr, m.lsn from unnest(cast(:clusters as text[]), cast(:timelines as"
                    + " integer[]), cast(:moments as timestamptz[])) with ordinality as q(cluster,"
                    + " timeline, moment, nr) cross join lateral (select lsn from wal_mark where"
                    + " cluster = q.cluster and timeline = q.timeline and (q.moment is null or at"
                    + " <= q.moment) order by lsn desc limit 1) m")
            .setParameter(
                "clusters", questions.stream().map(Question::cluster).toArray(String[]::new))
            .setParameter(
                "timelines", questions.stream().map(Question::timeline).toArray(Integer[]::new))
            .setParameter(
                "moments", questions.stream().map(ArchivedWal::moment).toArray(String[]::new))
            .getResultList();
    return rows.stream()
        .collect(
            Collectors.toMap(
                row -> questions.get(((Number) row[0]).intValue() - 1),
                row -> new Lsn(((Number) row[1]).longValue())));
  }

  private static String moment(Question question) {
    return question.moment().equals(Instant.MAX) ? null : question.moment().minus(SLACK).toString();
  }
}
