package io.holdfast.api.schedule;

import io.holdfast.api.backup.Violations;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;

/** Reads a declaration and fills its defaults in. What it asks for is looked at elsewhere. */
final class ScheduleDeclaration {
  private static final String DEFAULT_DEADLINE = "PT4H";
  private static final int LONGEST_CRON = 200;
  private static final int LOOKED_AT = 400;

  private ScheduleDeclaration() {}

  /**
   * @throws io.holdfast.api.problem.ApiProblem 422 with everything that is wrong
   */
  static ScheduleRequest of(ScheduleOwner owner, String name, ScheduleRequest asked, Instant now) {
    Violations wrong = new Violations();
    wrong.name("name", name);
    ScheduleKind kind = wrong.constant(ScheduleKind.class, "kind", asked.kind());
    wrong.require(asked.kind() != null, "kind", "is required");
    wrong.require(
        kind == null || owner.isCluster() == (kind != ScheduleKind.SCAN),
        "kind",
        "SCAN is for a repository, and nothing else is");
    boolean external = Boolean.TRUE.equals(asked.external());
    String zone = asked.zone() == null ? "UTC" : asked.zone();
    boolean zoneKnown = ZoneId.getAvailableZoneIds().contains(zone);
    wrong.require(zoneKnown, "zone", "must be an IANA name such as Europe/Berlin");
    Timetable timetable = timetable(asked.cron(), zoneKnown ? zone : "UTC", now, wrong);
    String deadline = asked.deadline() == null ? DEFAULT_DEADLINE : asked.deadline();
    jitter(asked.jitter(), wrong.duration("deadline", deadline), external, wrong);
    if (asked.window() != null) {
      wrong.require(!external, "window", "does not go with external");
      window(asked.window(), ZoneId.of(zoneKnown ? zone : "UTC"), timetable, now, wrong);
    }
    if (kind != null) {
      members(kind, asked, wrong);
    }
    wrong.throwIfAny();
    return new ScheduleRequest(
        asked.kind(),
        asked.cron().strip(),
        zone,
        asked.jitter(),
        asked.window(),
        deadline,
        external,
        Boolean.TRUE.equals(asked.paused()),
        asked.backup(),
        asked.verification(),
        asked.drill(),
        asked.expiration(),
        asked.copy());
  }

  private static Timetable timetable(String cron, String zone, Instant now, Violations wrong) {
    if (cron == null || cron.isBlank() || cron.length() > LONGEST_CRON) {
      wrong.add("cron", "is required: five fields such as 30 2 * * *");
      return null;
    }
    try {
      Timetable timetable = Timetable.of(cron.strip(), ZoneId.of(zone));
      wrong.require(timetable.after(now).isPresent(), "cron", "never comes due");
      return timetable;
    } catch (IllegalArgumentException notOne) {
      wrong.add("cron", "must be five fields such as 30 2 * * *: " + notOne.getMessage());
      return null;
    }
  }

  private static void jitter(String text, Duration deadline, boolean external, Violations wrong) {
    Duration jitter = wrong.duration("jitter", text);
    wrong.require(text == null || !external, "jitter", "does not go with external");
    wrong.require(
        jitter == null || deadline == null || jitter.compareTo(deadline) < 0,
        "jitter",
        "must be shorter than the deadline");
  }

  private static void window(
      ScheduleRequest.WindowView asked,
      ZoneId zone,
      Timetable timetable,
      Instant now,
      Violations wrong) {
    LocalTime from = time("window.from", asked.from(), wrong);
    LocalTime until = time("window.until", asked.until(), wrong);
    if (from == null || until == null) {
      return;
    }
    if (from.equals(until)) {
      wrong.add("window", "is empty");
    } else if (timetable != null) {
      StartWindow window = new StartWindow(from, until, zone);
      wrong.require(
          new Rhythm(timetable, Duration.ZERO, Duration.ZERO, window)
              .after(now, LOOKED_AT).stream().anyMatch(run -> window.contains(run.dueAt())),
          "window",
          "no run comes due in it");
    }
  }

  private static LocalTime time(String field, String text, Violations wrong) {
    try {
      if (text != null && text.length() == 5) {
        return LocalTime.parse(text);
      }
    } catch (DateTimeException notOne) {
      // Said below.
    }
    wrong.add(field, "must be a time such as 22:00");
    return null;
  }

  private record Member(ScheduleKind kind, String name, Object value) {}

  private static void members(ScheduleKind kind, ScheduleRequest asked, Violations wrong) {
    List<Member> members =
        List.of(
            new Member(ScheduleKind.BACKUP, "backup", asked.backup()),
            new Member(ScheduleKind.VERIFICATION, "verification", asked.verification()),
            new Member(ScheduleKind.DRILL, "drill", asked.drill()),
            new Member(ScheduleKind.EXPIRATION, "expiration", asked.expiration()),
            new Member(ScheduleKind.COPY, "copy", asked.copy()));
    for (Member member : members) {
      wrong.require(
          member.value() == null || member.kind() == kind,
          member.name(),
          "does not go with kind " + kind);
      boolean needed =
          switch (member.kind()) {
            case BACKUP, VERIFICATION, COPY -> member.kind() == kind;
            case DRILL, EXPIRATION, SCAN -> false;
          };
      wrong.require(member.value() != null || !needed, member.name(), "is required");
    }
    wrong.require(
        asked.expiration() == null || asked.expiration().confirm() == null,
        "expiration.confirm",
        "is for one plan and not for each");
  }
}
