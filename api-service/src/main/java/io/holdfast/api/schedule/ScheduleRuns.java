package io.holdfast.api.schedule;

import io.holdfast.api.page.Cursor;
import io.holdfast.api.problem.ApiProblem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;

/** Shows what comes next and what became of what was due. */
@ApplicationScoped
public class ScheduleRuns {
  private static final int MOST_UPCOMING = 100;
  private static final int USUALLY = 10;
  private static final Instant END = Instant.parse("9999-01-01T00:00:00Z");

  @Inject ScheduleService schedules;
  @Inject EntityManager entities;
  @Inject Clock clock;

  @Transactional
  public ScheduleRunView.Upcoming upcoming(ScheduleOwner owner, String name, Integer limit) {
    Routine routine = Routine.of(schedules.find(owner, name));
    int size = limit == null ? USUALLY : Math.min(Cursor.limit(limit), MOST_UPCOMING);
    return new ScheduleRunView.Upcoming(
        routine.rhythm().after(clock.instant(), size).stream()
            .map(times -> expected(routine, times))
            .toList());
  }

  private static ScheduleRunView expected(Routine routine, Rhythm.Times times) {
    StartWindow window = routine.rhythm().window();
    String code =
        routine.row().paused
            ? Settlement.PAUSED
            : window != null && !window.contains(times.startAt()) ? Settlement.WINDOW : null;
    return new ScheduleRunView(
        times.dueAt(),
        times.startAt(),
        times.deadlineAt(),
        ScheduleRunEntity.EXPECTED,
        code,
        null,
        null,
        null,
        null);
  }

  /** What is due or was, newest first. */
  @Transactional
  @SuppressWarnings("unchecked")
  public ScheduleRunView.Page runs(
      ScheduleOwner owner, String name, String outcome, Integer limit, String cursor) {
    ScheduleEntity schedule = schedules.find(owner, name);
    int size = Cursor.limit(limit);
    if (outcome != null && !outcome.matches("[A-Z]{1,20}")) {
      throw ApiProblem.invalid("outcome", "is unknown", "Such as MISSED.");
    }
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select r.due_at, r.start_at, r.deadline_at, r.state, r.code, r.reason,"
                    + " r.decided_at, cast(r.job_id as text), j.state from schedule_run r left join"
                    + " job j on j.id = r.job_id where r.schedule_id = :id and r.due_at < :before"
                    + " and (r.due_at <= :now or r.state <> 'EXPECTED') and (cast(:outcome as text)"
                    + " is null or r.state = :outcome) order by r.due_at desc limit :limit")
            .setParameter("id", schedule.id)
            .setParameter("before", before(cursor))
            .setParameter("now", clock.instant())
            .setParameter("outcome", outcome)
            .setParameter("limit", size + 1)
            .getResultList();
    return new ScheduleRunView.Page(
        rows.stream().limit(size).map(ScheduleRuns::view).toList(),
        Cursor.next(rows, size, row -> row[0].toString()));
  }

  private static ScheduleRunView view(Object[] row) {
    return new ScheduleRunView(
        (Instant) row[0],
        (Instant) row[1],
        (Instant) row[2],
        (String) row[3],
        (String) row[4],
        (String) row[5],
        (Instant) row[6],
        (String) row[7],
        (String) row[8]);
  }

  private static Instant before(String cursor) {
    String key = Cursor.decode(cursor);
    try {
      return key == null ? END : Instant.parse(key);
    } catch (DateTimeException notOne) {
      throw ApiProblem.invalid(
          "cursor", "is not a cursor of this list", "Pass nextCursor of the page before.");
    }
  }
}
