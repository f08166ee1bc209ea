package io.holdfast.api.job;

import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.MetricSource;
import io.holdfast.api.metrics.Series;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Jobs that are not done, by pool and by cluster, and how the last ones ended. */
@ApplicationScoped
class JobMetrics implements MetricSource {
  private static final String BY_POOL =
      "select p.pool, s.state, count(j.id), min(j.created_at) from (select pool from cluster union"
          + " select pool from repository union select pool from worker union select pool from job"
          + " where finished_at is null) p cross join unnest(array['QUEUED', 'RUNNING']) s(state)"
          + " left join job j on j.pool = p.pool and j.state = s.state and j.finished_at is null"
          + " group by p.pool, s.state";

  private static final String RUNNING =
      "select cluster, kind, min(started_at), sum(coalesce(bytes_done, 0)),"
          + " min(cast(bytes_done as double precision) / nullif(bytes_total, 0)) from job where"
          + " finished_at is null and state = 'RUNNING' and cluster is not null group by cluster,"
          + " kind";

  private static final String LAST =
      "select c.name, k.kind, s.state, j.finished_at from cluster c cross join unnest(array["
          + "'BACKUP', 'VERIFY', 'DRILL', 'RESTORE', 'EXPIRE', 'COPY']) k(kind) cross join"
          + " unnest(array['SUCCEEDED', 'FAILED']) s(state) left join lateral (select finished_at"
          + " from job where cluster = c.name and kind = k.kind and state = s.state and"
          + " finished_at is not null order by finished_at desc limit 1) j on true";

  @Inject EntityManager entities;
  @Inject Families families;

  private Family jobs;
  private Family queuedSince;
  private Family runningSince;
  private Family runningBytes;
  private Family runningRatio;
  private Family lastSuccess;
  private Family lastFailure;

  /** What of a cluster's jobs of one kind runs. */
  private record Running(Instant since, Number bytes, Number ratio) {
    static final Running NONE = new Running(null, 0, 0);
  }

  @PostConstruct
  void start() {
    jobs = families.gauge("holdfast_jobs", "Jobs that are not done", "pool", "state");
    queuedSince =
        families.gauge(
            "holdfast_jobs_queued_since_timestamp_seconds",
            "When the oldest queued job of a pool was asked for; 0: none waits",
            "pool");
    runningSince =
        families.gauge(
            "holdfast_jobs_running_since_timestamp_seconds",
            "When the oldest running job was started; 0: none runs",
            "cluster",
            "kind");
    runningBytes =
        families.gauge(
            "holdfast_jobs_running_bytes", "Bytes that running jobs have moved", "cluster", "kind");
    runningRatio =
        families.gauge(
            "holdfast_jobs_running_progress_ratio",
            "How far the job is that has the longest way to go, 1 is all; 0 while nobody knows",
            "cluster",
            "kind");
    lastSuccess =
        families.gauge(
            "holdfast_job_last_success_timestamp_seconds",
            "When a job last succeeded; 0: never",
            "cluster",
            "kind");
    lastFailure =
        families.gauge(
            "holdfast_job_last_failure_timestamp_seconds",
            "When a job last failed for good; 0: never",
            "cluster",
            "kind");
  }

  @Override
  public String subject() {
    return "jobs";
  }

  @Override
  @Transactional
  public void look() {
    List<Series> counts = new ArrayList<>();
    List<Series> waiting = new ArrayList<>();
    for (Object[] row : rows(BY_POOL)) {
      String pool = (String) row[0];
      String state = (String) row[1];
      counts.add(Series.of((Number) row[2], pool, state));
      if (state.equals(JobState.QUEUED.name())) {
        waiting.add(Series.at((Instant) row[3], pool));
      }
    }
    jobs.show(counts);
    queuedSince.show(waiting);
    lookAtClusters();
  }

  private void lookAtClusters() {
    Map<List<Object>, Running> running = new HashMap<>();
    for (Object[] row : rows(RUNNING)) {
      running.put(
          List.of(row[0], row[1]),
          new Running((Instant) row[2], (Number) row[3], row[4] == null ? 0 : (Number) row[4]));
    }
    List<Series> since = new ArrayList<>();
    List<Series> bytes = new ArrayList<>();
    List<Series> ratio = new ArrayList<>();
    List<Series> good = new ArrayList<>();
    List<Series> bad = new ArrayList<>();
    for (Object[] row : rows(LAST)) {
      String cluster = (String) row[0];
      String kind = (String) row[1];
      if (row[2].equals(JobState.FAILED.name())) {
        bad.add(Series.at((Instant) row[3], cluster, kind));
      } else {
        good.add(Series.at((Instant) row[3], cluster, kind));
        Running now = running.getOrDefault(List.of(cluster, kind), Running.NONE);
        since.add(Series.at(now.since(), cluster, kind));
        bytes.add(Series.of(now.bytes(), cluster, kind));
        ratio.add(Series.of(now.ratio(), cluster, kind));
      }
    }
    runningSince.show(since);
    runningBytes.show(bytes);
    runningRatio.show(ratio);
    lastSuccess.show(good);
    lastFailure.show(bad);
  }

  @SuppressWarnings("unchecked")
  private List<Object[]> rows(String sql) {
    return entities.createNativeQuery(sql).getResultList();
  }
}
