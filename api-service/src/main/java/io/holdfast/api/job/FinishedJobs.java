package io.holdfast.api.job;

import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.MetricSource;
import io.holdfast.api.metrics.Series;
import io.holdfast.model.job.JobKind;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts jobs that ended. All of them are counted once; after that only those that ended since. The
 * last minutes are counted anew each time, because a job's end is written before it is committed.
 */
@ApplicationScoped
class FinishedJobs implements MetricSource {
  private static final Duration UNSETTLED = Duration.ofMinutes(10);
  private static final Duration STEP = Duration.ofMinutes(1);
  private static final Set<JobKind> OF_NO_CLUSTER = EnumSet.of(JobKind.PROBE, JobKind.SCAN);
  private static final List<JobState> OUTCOMES =
      List.of(JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED);

  private static final String COUNT =
      "select coalesce(cluster, ''), kind, state, count(*) from job where finished_at is not null"
          + " and finished_at > :after and finished_at <= :until group by 1, 2, 3";

  @Inject EntityManager entities;
  @Inject Families families;
  @Inject Clock clock;

  private final Map<Key, Long> settled = new HashMap<>();
  private Instant settledUntil = Instant.EPOCH;
  private Family finished;

  private record Key(String cluster, String kind, String outcome) {}

  @PostConstruct
  void start() {
    finished =
        families.counter(
            "holdfast_jobs_finished_total",
            "Jobs that ended; cluster is empty for those of a repository",
            "cluster",
            "kind",
            "outcome");
  }

  @Override
  public String subject() {
    return "finished jobs";
  }

  @Override
  @Transactional
  public void look() {
    Instant now = clock.instant();
    Instant border = now.minus(UNSETTLED);
    if (settledUntil.plus(STEP).isBefore(border)) {
      count(settledUntil, border).forEach((key, count) -> settled.merge(key, count, Long::sum));
      settledUntil = border;
    }
    Map<Key, Long> all = new HashMap<>(settled);
    count(settledUntil, now.plus(UNSETTLED))
        .forEach((key, count) -> all.merge(key, count, Long::sum));
    Set<Key> shown = new HashSet<>();
    for (String cluster : clusters()) {
      shown.addAll(keys(cluster, EnumSet.complementOf(EnumSet.copyOf(OF_NO_CLUSTER))));
    }
    shown.addAll(keys("", OF_NO_CLUSTER));
    List<Series> series = new ArrayList<>();
    shown.forEach(
        key ->
            series.add(
                Series.of(all.getOrDefault(key, 0L), key.cluster(), key.kind(), key.outcome())));
    finished.show(series);
  }

  private static List<Key> keys(String cluster, Set<JobKind> kinds) {
    List<Key> keys = new ArrayList<>();
    kinds.forEach(
        kind -> OUTCOMES.forEach(state -> keys.add(new Key(cluster, kind.name(), state.name()))));
    return keys;
  }

  @SuppressWarnings("unchecked")
  private List<String> clusters() {
    return entities.createNativeQuery("select name from cluster", String.class).getResultList();
  }

  @SuppressWarnings("unchecked")
  private Map<Key, Long> count(Instant after, Instant until) {
    List<Object[]> rows =
        entities
            .createNativeQuery(COUNT)
            .setParameter("after", after)
            .setParameter("until", until)
            .getResultList();
    Map<Key, Long> counts = new HashMap<>();
    rows.forEach(
        row ->
            counts.put(
                new Key((String) row[0], (String) row[1], (String) row[2]),
                ((Number) row[3]).longValue()));
    return counts;
  }
}
