package io.holdfast.api.backup;

import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.MetricSource;
import io.holdfast.api.metrics.Series;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The newest backup that can be restored, by cluster, database and type; and how many there are.
 */
@ApplicationScoped
class BackupMetrics implements MetricSource {
  private static final String BY_STATE =
      "select c.name, s.state, coalesce(b.count, 0), b.newest from cluster c cross join"
          + " unnest(array['AVAILABLE', 'SUSPECT', 'EXPIRING']) s(state) left join (select cluster,"
          + " state, count(*) as count, max(finished_at) filter (where state = 'SUSPECT') as newest"
          + " from backup where state <> 'EXPIRED' group by cluster, state) b on b.cluster ="
          + " c.name and b.state = s.state";

  @Inject NewestBackups newest;
  @Inject EntityManager entities;
  @Inject Families families;

  private Family lastSuccess;
  private Family size;
  private Family duration;
  private Family count;
  private Family lastSuspect;

  @PostConstruct
  void start() {
    String[] labels = {"cluster", "database", "type"};
    lastSuccess =
        families.gauge(
            "backup_last_success_timestamp",
            "When the newest restorable backup was finished, in seconds since 1970; 0: there is"
                + " none",
            labels);
    size = families.gauge("backup_size_bytes", "Its size as it is stored", labels);
    duration = families.gauge("backup_duration_seconds", "How long it took", labels);
    count = families.gauge("holdfast_backups", "Backups that exist", "cluster", "state");
    lastSuspect =
        families.gauge(
            "holdfast_backup_last_suspect_timestamp_seconds",
            "When the newest suspect backup was finished; 0: there is none",
            "cluster");
  }

  @Override
  public String subject() {
    return "backups";
  }

  @Override
  @Transactional
  public void look() {
    List<Series> times = new ArrayList<>();
    List<Series> sizes = new ArrayList<>();
    List<Series> durations = new ArrayList<>();
    for (NewestBackups.Newest one : newest.look()) {
      String[] labels = {one.cluster(), one.database(), one.type()};
      times.add(Series.at(one.finishedAt(), labels));
      sizes.add(Series.of(one.storedBytes(), labels));
      durations.add(
          Series.lasting(
              one.finishedAt() == null ? null : Duration.between(one.startedAt(), one.finishedAt()),
              labels));
    }
    lastSuccess.show(times);
    size.show(sizes);
    duration.show(durations);
    lookAtStates();
  }

  @SuppressWarnings("unchecked")
  private void lookAtStates() {
    List<Object[]> rows = entities.createNativeQuery(BY_STATE).getResultList();
    List<Series> counts = new ArrayList<>();
    List<Series> suspects = new ArrayList<>();
    for (Object[] row : rows) {
      String cluster = (String) row[0];
      counts.add(Series.of((Number) row[2], cluster, (String) row[1]));
      if (BackupEntity.SUSPECT.equals(row[1])) {
        suspects.add(Series.at((Instant) row[3], cluster));
      }
    }
    count.show(counts);
    lastSuspect.show(suspects);
  }
}
