package io.holdfast.api.schedule;

import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.job.JobSpec;

/** Whether a job does what a schedule asks for, whoever asked for the job. */
final class Likeness {
  private Likeness() {}

  static boolean does(JobSpec job, ScheduleKind kind, ScheduleRequest asked) {
    return switch (kind) {
      case BACKUP ->
          job instanceof JobSpec.Backup backup
              && switch (backup.source()) {
                case PhysicalSourceSpec physical -> asked.backup().method().equals("PHYSICAL");
                case LogicalSourceSpec logical -> asked.backup().method().equals("LOGICAL");
              };
      case VERIFICATION ->
          job instanceof JobSpec.Verify verify
              && verify.level().name().equals(asked.verification().level());
      case DRILL -> job instanceof JobSpec.Drill;
      case EXPIRATION ->
          job instanceof JobSpec.Expire expire
              && (!expire.dryRun()
                  || (asked.expiration() != null
                      && Boolean.TRUE.equals(asked.expiration().dryRun())));
      case COPY ->
          job instanceof JobSpec.Copy copy
              && copy.destination().name().equals(asked.copy().repository());
      case SCAN -> job instanceof JobSpec.Scan;
    };
  }
}
