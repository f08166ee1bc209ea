package io.holdfast.api.schedule;

import io.holdfast.api.declared.PlanView;
import java.time.Instant;

/** Rows as views. */
final class ScheduleViews {
  private ScheduleViews() {}

  static ScheduleView of(ScheduleEntity row, Instant now, PlanView plan) {
    Routine routine = Routine.of(row);
    ScheduleRequest declared = routine.declared();
    return new ScheduleView(
        row.name,
        row.cluster,
        row.repository,
        row.kind.name(),
        declared.cron(),
        declared.zone(),
        declared.jitter(),
        declared.window(),
        declared.deadline(),
        row.external,
        row.paused,
        declared.backup(),
        declared.verification(),
        declared.drill(),
        declared.expiration(),
        declared.copy(),
        routine.rhythm().timetable().after(now).orElse(null),
        row.lastRunAt,
        row.missedRuns,
        row.version,
        row.createdAt,
        row.updatedAt,
        row.updatedBy,
        plan);
  }
}
