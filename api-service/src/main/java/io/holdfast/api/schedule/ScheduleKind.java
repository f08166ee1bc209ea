package io.holdfast.api.schedule;

import io.holdfast.model.job.JobKind;

/** What a schedule asks for, and the kind of job that comes of it. */
enum ScheduleKind {
  BACKUP(JobKind.BACKUP),
  VERIFICATION(JobKind.VERIFY),
  DRILL(JobKind.DRILL),
  EXPIRATION(JobKind.EXPIRE),
  COPY(JobKind.COPY),
  SCAN(JobKind.SCAN);

  private final JobKind job;

  ScheduleKind(JobKind job) {
    this.job = job;
  }

  JobKind job() {
    return job;
  }
}
