package io.holdfast.api.schedule;

import io.holdfast.api.job.JobHistory;
import io.holdfast.api.ledger.ClusterEvents;
import io.holdfast.api.schedule.Settlement.Decision;
import io.holdfast.api.schedule.Settlement.Due;
import io.holdfast.api.schedule.Settlement.Missed;
import io.holdfast.api.schedule.Settlement.Skipped;
import io.holdfast.api.schedule.Settlement.Standing;
import io.holdfast.api.schedule.Settlement.Start;
import io.holdfast.api.sql.AnyOf;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FlushModeType;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Gives runs whose time has come their outcome, and plans those after them. Its callers hold the
 * rows of the schedules; a refused request throws and loses the transaction.
 *
 * <p>Many are settled for the price of few: what all of them need is read first, nothing is written
 * before the end as long as nobody asks for it, and then what is alike goes out together.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class RunSettler {
  private static final Logger LOG = Logger.getLogger(RunSettler.class);
  private static final Duration RETRY = Duration.ofSeconds(30);

  @Inject EntityManager entities;
  @Inject RunPlanner planner;
  @Inject ScheduledRequests requests;
  @Inject JobHistory history;
  @Inject ClusterEvents events;
  @Inject Event<RunMissed> missed;

  /**
   * @param refusal why their requests cannot be made now: runs that would start wait; null: they
   *     can
   * @return how many runs were decided
   */
  int settle(List<ScheduleEntity> rows, Instant now, String refusal) {
    List<Routine> schedules = rows.stream().map(Routine::of).toList();
    planner.plan(schedules, now);
    String ids = Wire.text(rows.stream().map(row -> row.id).toList());
    Map<Long, List<ScheduleRunEntity>> open = open(ids, now);
    Map<Long, String> unfinished = unfinished(ids);
    List<Verdict> verdicts =
        schedules.stream()
            .map(
                one ->
                    verdict(
                        one,
                        open.getOrDefault(one.row().id, List.of()),
                        unfinished.get(one.row().id),
                        now))
            .toList();
    if (refusal == null) {
      requests.readAhead(verdicts.stream().filter(Verdict::starts).map(Verdict::schedule).toList());
    }
    history.together(() -> verdicts.forEach(verdict -> carryOut(verdict, now, refusal)));
    planner.setNextLook(schedules);
    return verdicts.stream().mapToInt(verdict -> verdict.decided(refusal == null)).sum();
  }

  /**
   * @param runs those that may start
   */
  private record Verdict(Routine schedule, List<ScheduleRunEntity> runs, List<Decision> decisions) {
    boolean starts() {
      return decisions.stream().anyMatch(Start.class::isInstance);
    }

    /** Runs that would start but may not go on waiting. */
    int decided(boolean mayStart) {
      return mayStart
          ? decisions.size()
          : (int) decisions.stream().filter(one -> !(one instanceof Start)).count();
    }
  }

  private static Verdict verdict(
      Routine one, List<ScheduleRunEntity> runs, String unfinished, Instant now) {
    List<Due> due = runs.stream().map(RunSettler::due).toList();
    return new Verdict(one, runs, Settlement.decide(due, standing(one, unfinished, now)));
  }

  private static Standing standing(Routine one, String unfinished, Instant now) {
    ScheduleEntity schedule = one.row();
    return new Standing(
        schedule.external,
        schedule.paused,
        one.rhythm().window(),
        unfinished,
        schedule.plannedUntil.isAfter(now),
        now);
  }

  private void carryOut(Verdict verdict, Instant now, String refusal) {
    Routine one = verdict.schedule();
    Map<Instant, ScheduleRunEntity> byDue = new HashMap<>();
    verdict.runs().forEach(run -> byDue.put(run.key.dueAt(), run));
    for (Decision decision : verdict.decisions()) {
      ScheduleRunEntity run = byDue.get(decision.due().times().dueAt());
      switch (decision) {
        case Start start -> start(one, run, now, refusal);
        case Missed miss -> miss(one, run, miss, now);
        case Skipped skip -> skip(run, skip, now);
      }
    }
  }

  private void start(Routine one, ScheduleRunEntity run, Instant now, String refusal) {
    if (refusal != null) {
      Instant retry = now.plus(RETRY);
      run.reason = refusal;
      run.retryAt = retry.isBefore(run.deadlineAt) ? retry : run.deadlineAt;
      return;
    }
    ScheduleEntity schedule = one.row();
    String job = requests.ask(schedule.owner(), one.trigger(), schedule.kind, one.declared());
    became(schedule, run, UUID.fromString(job), now);
  }

  /** The run has become that job. */
  void became(ScheduleEntity schedule, ScheduleRunEntity run, UUID job, Instant now) {
    run.jobId = job;
    decide(run, ScheduleRunEntity.JOB, null, null, now);
    schedule.lastRunAt = now;
    schedule.lastJobId = job;
  }

  void skip(ScheduleRunEntity run, Skipped skip, Instant now) {
    decide(run, ScheduleRunEntity.SKIPPED, skip.code(), skip.reason(), now);
  }

  private void miss(Routine one, ScheduleRunEntity run, Missed miss, Instant now) {
    ScheduleEntity schedule = one.row();
    decide(run, ScheduleRunEntity.MISSED, miss.code(), miss.reason(), now);
    schedule.missedRuns++;
    LOG.warnf("the run of %s due at %s was missed: %s", one.path(), run.key.dueAt(), miss.reason());
    if (schedule.cluster != null) {
      events.note(
          schedule.cluster,
          "RUN_MISSED",
          miss.code(),
          now,
          "The run of schedule '"
              + schedule.name
              + "' due at "
              + run.key.dueAt()
              + " was missed. "
              + miss.reason(),
          Map.of(
              "schedule", schedule.name,
              "kind", schedule.kind.name(),
              "dueAt", run.key.dueAt().toString()),
          null);
    }
    missed.fire(new RunMissed(one.path(), schedule.id + "@" + run.key.dueAt(), now));
  }

  private static void decide(
      ScheduleRunEntity run, String state, String code, String reason, Instant now) {
    run.state = state;
    run.code = code;
    run.reason = reason;
    run.decidedAt = now;
    run.retryAt = null;
  }

  /** A refusal is kept in "reason" until the run is decided. */
  static Due due(ScheduleRunEntity run) {
    return new Due(new Rhythm.Times(run.key.dueAt(), run.startAt, run.deadlineAt), run.reason);
  }

  @SuppressWarnings("unchecked")
  private Map<Long, List<ScheduleRunEntity>> open(String ids, Instant now) {
    List<ScheduleRunEntity> runs =
        entities
            .createNativeQuery(
                "select * from schedule_run where state = 'EXPECTED' and start_at <= :now and"
                    + " schedule_id = "
                    + AnyOf.bigints("ids")
                    + " order by schedule_id, due_at",
                ScheduleRunEntity.class)
            .setParameter("now", now)
            .setParameter("ids", ids)
            .setFlushMode(FlushModeType.COMMIT)
            .getResultList();
    return runs.stream().collect(Collectors.groupingBy(run -> run.key.scheduleId()));
  }

  @SuppressWarnings("unchecked")
  private Map<Long, String> unfinished(String ids) {
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select s.id, cast(j.id as text) from schedule s join job j on j.id ="
                    + " s.last_job_id where j.finished_at is null and s.id = "
                    + AnyOf.bigints("ids"))
            .setParameter("ids", ids)
            .setFlushMode(FlushModeType.COMMIT)
            .getResultList();
    return rows.stream()
        .collect(Collectors.toMap(row -> ((Number) row[0]).longValue(), row -> (String) row[1]));
  }
}
