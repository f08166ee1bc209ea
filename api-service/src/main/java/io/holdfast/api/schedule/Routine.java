package io.holdfast.api.schedule;

/** A schedule's row with what it declares, read once. */
record Routine(ScheduleEntity row, ScheduleRequest declared, Rhythm rhythm) {
  static final String TRIGGER = "schedule:";

  static Routine of(ScheduleEntity row) {
    ScheduleRequest declared = row.request();
    return new Routine(row, declared, Rhythm.of(row.owner(), row.name, declared));
  }

  /** Of the jobs that it makes. */
  String trigger() {
    return TRIGGER + row.name;
  }

  String path() {
    return row.owner().path() + "/schedules/" + row.name;
  }
}
