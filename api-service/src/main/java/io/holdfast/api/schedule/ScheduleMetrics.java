package io.holdfast.api.schedule;

import io.holdfast.api.metrics.Columns;
import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.MetricSource;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What is expected and what did not happen, by schedule. */
@ApplicationScoped
class ScheduleMetrics implements MetricSource {
  private static final String[] LABELS = {"cluster", "repository", "kind", "schedule"};

  /** So long after its start a run has become a job when all is well. */
  private static final Duration GRACE = Duration.ofMinutes(1);

  private static final String STANDINGS =
      "select coalesce(s.cluster, ''), coalesce(s.repository, ''), s.kind, s.name, (select"
          + " min(r.due_at) from schedule_run r where r.schedule_id = s.id and r.state = 'EXPECTED'"
          + " and r.due_at > :now), s.last_run_at, s.missed_runs, exists (select 1 from"
          + " schedule_run r where r.schedule_id = s.id and r.state = 'EXPECTED' and case when"
          + " s.external then r.deadline_at else r.start_at end < :late) or coalesce((select"
          + " r.state = 'MISSED' from schedule_run r where r.schedule_id = s.id and r.state in"
          + " ('JOB', 'MISSED') order by r.due_at desc limit 1), false) from schedule s";

  @Inject EntityManager entities;
  @Inject Families families;
  @Inject Clock clock;

  private Family nextDue;
  private Family lastRun;
  private Family missed;
  private Family overdue;

  @PostConstruct
  void start() {
    nextDue =
        families.gauge(
            "holdfast_schedule_next_due_timestamp_seconds", "When it comes due next", LABELS);
    lastRun =
        families.gauge(
            "holdfast_schedule_last_run_timestamp_seconds",
            "When a run last became a job; 0: never",
            LABELS);
    missed =
        families.counter("holdfast_schedule_missed_runs_total", "Runs that did not happen", LABELS);
    overdue =
        families.gauge(
            "holdfast_schedule_overdue",
            "1: a run should have started, or the last one was missed",
            LABELS);
  }

  @Override
  public String subject() {
    return "schedules";
  }

  @Override
  @Transactional
  public void look() {
    look(clock.instant());
  }

  @Transactional
  @SuppressWarnings("unchecked")
  void look(Instant now) {
    List<Object[]> rows =
        entities
            .createNativeQuery(STANDINGS)
            .setParameter("now", now)
            .setParameter("late", now.minus(GRACE))
            .getResultList();
    Columns.show(rows, LABELS.length, nextDue, lastRun, missed, overdue);
  }
}
