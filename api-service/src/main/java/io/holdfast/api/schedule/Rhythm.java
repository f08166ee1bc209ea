package io.holdfast.api.schedule;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * When a schedule's runs are due, start and are too late. Immutable.
 *
 * @param delay what jitter comes to for this schedule
 * @param window null: always open
 */
record Rhythm(Timetable timetable, Duration delay, Duration deadline, StartWindow window) {
  /** The times of one run. */
  record Times(Instant dueAt, Instant startAt, Instant deadlineAt) {}

  /**
   * @param declared with its defaults filled in
   */
  static Rhythm of(ScheduleOwner owner, String name, ScheduleRequest declared) {
    ZoneId zone = ZoneId.of(declared.zone());
    return new Rhythm(
        Timetable.of(declared.cron(), zone),
        declared.jitter() == null
            ? Duration.ZERO
            : delay(owner.path() + "/" + name, Duration.parse(declared.jitter())),
        Duration.parse(declared.deadline()),
        declared.window() == null
            ? null
            : new StartWindow(
                LocalTime.parse(declared.window().from()),
                LocalTime.parse(declared.window().until()),
                zone));
  }

  /**
   * The same for the same schedule, so that its runs stay as far apart as declared; spread evenly
   * over a fleet, whatever its names are like.
   */
  private static Duration delay(String identity, Duration jitter) {
    CRC32 spread = new CRC32();
    spread.update(identity.getBytes(StandardCharsets.UTF_8));
    return Duration.ofSeconds(spread.getValue() % (jitter.toSeconds() + 1));
  }

  /** Those due after that moment, the soonest first, until one satisfies nobody any more. */
  List<Times> after(Instant moment, int atMost) {
    List<Times> found = new ArrayList<>();
    Optional<Instant> due = timetable.after(moment);
    while (due.isPresent() && found.size() < atMost) {
      found.add(times(due.get()));
      due = timetable.after(due.get());
    }
    return found;
  }

  /**
   * Those that need a row now: everything that is due until the horizon, at least one that is not
   * due yet, and no more than so many of those and of all.
   */
  List<Times> toPlan(Instant plannedUntil, Instant now, Duration horizon, int ahead, int atMost) {
    List<Times> found = new ArrayList<>();
    int notYetDue = plannedUntil.isAfter(now) ? 1 : 0;
    Instant last = plannedUntil;
    while (found.size() < atMost) {
      Optional<Instant> due = timetable.after(last);
      boolean wanted =
          due.isPresent()
              && (!due.get().isAfter(now)
                  || notYetDue == 0
                  || (notYetDue < ahead && !due.get().isAfter(now.plus(horizon))));
      if (!wanted) {
        break;
      }
      last = due.get();
      notYetDue += last.isAfter(now) ? 1 : 0;
      found.add(times(last));
    }
    return found;
  }

  private Times times(Instant due) {
    return new Times(due, due.plus(delay), due.plus(deadline));
  }
}
