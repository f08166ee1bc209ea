package io.holdfast.api.schedule;

import io.holdfast.api.sql.AnyOf;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FlushModeType;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Writes the rows of runs before they are due. Its callers hold the rows of the schedules. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class RunPlanner {
  private static final Duration HORIZON = Duration.ofHours(24);
  private static final Duration A_YEAR = Duration.ofDays(365);
  private static final int AHEAD = 24;

  /** After a long outage the rest follows in the next round. */
  static final int AT_ONCE = 500;

  private static final String INSERT =
      "insert into schedule_run (schedule_id, due_at, start_at, deadline_at, state) select"
          + " r.schedule, r.due, r.start, r.deadline, 'EXPECTED' from jsonb_to_recordset(cast(:rows"
          + " as jsonb)) as r (schedule bigint, due timestamptz, start timestamptz, deadline"
          + " timestamptz) on conflict (schedule_id, due_at) do nothing";

  private static final String ACT =
      "update schedule s set act_at = least(s.planned_until, (select min(case when s.external and"
          + " not s.paused then r.deadline_at else coalesce(r.retry_at, r.start_at) end) from"
          + " schedule_run r where r.schedule_id = s.id and r.state = 'EXPECTED')) where s.id = "
          + AnyOf.bigints("ids");

  @Inject EntityManager entities;

  private record Row(long schedule, Instant due, Instant start, Instant deadline) {}

  /** Up to a day ahead, and one in any case. */
  void plan(List<Routine> schedules, Instant now) {
    List<Row> rows = new ArrayList<>();
    for (Routine one : schedules) {
      ScheduleEntity schedule = one.row();
      List<Rhythm.Times> times =
          one.rhythm().toPlan(schedule.plannedUntil, now, HORIZON, AHEAD, AT_ONCE);
      if (times.isEmpty() && !schedule.plannedUntil.isAfter(now)) {
        // It has come for the last time: looking again would never end.
        schedule.plannedUntil = now.plus(A_YEAR);
      }
      for (Rhythm.Times run : times) {
        rows.add(new Row(schedule.id, run.dueAt(), run.startAt(), run.deadlineAt()));
        schedule.plannedUntil = run.dueAt();
      }
    }
    if (!rows.isEmpty()) {
      int unused =
          entities
              .createNativeQuery(INSERT)
              .setParameter("rows", Wire.text(rows))
              .setFlushMode(FlushModeType.COMMIT)
              .executeUpdate();
    }
  }

  /** Takes back what is not due yet, so that another declaration can plan it anew. */
  void forgetAhead(ScheduleEntity schedule, Instant now) {
    int unused =
        entities
            .createNativeQuery(
                "delete from schedule_run where schedule_id = :id and state = 'EXPECTED' and due_at"
                    + " > :now")
            .setParameter("id", schedule.id)
            .setParameter("now", now)
            .executeUpdate();
    schedule.plannedUntil = now;
  }

  /** Leaves one alone until then, whatever its rows say. */
  void lookLater(ScheduleEntity schedule, Instant at) {
    int unused =
        entities
            .createNativeQuery("update schedule set act_at = :at where id = :id")
            .setParameter("at", at)
            .setParameter("id", schedule.id)
            .executeUpdate();
  }

  /** Says when each of them is to be looked at next, by what its rows are now. */
  void setNextLook(List<Routine> schedules) {
    int unused =
        entities
            .createNativeQuery(ACT)
            .setParameter("ids", Wire.text(schedules.stream().map(one -> one.row().id).toList()))
            .executeUpdate();
  }
}
