package io.holdfast.api.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Around changes of clocks all over the world, held against a walk through every minute. */
class TimetablePropertyTest {
  private static final int CASES = Integer.getInteger("holdfast.tests.timetables", 300);
  private static final List<String> ZONES =
      List.of(
          "Europe/Berlin",
          "America/New_York",
          "Australia/Lord_Howe",
          "Africa/Casablanca",
          "America/Santiago",
          "Asia/Kathmandu",
          "Pacific/Apia",
          "America/St_Johns");
  private final long seed = Long.getLong("holdfast.tests.seed", new Random().nextLong());

  /** Null: every hour. */
  private record Expression(Set<Integer> minutes, Set<Integer> hours) {
    boolean fits(LocalDateTime local) {
      return minutes.contains(local.getMinute())
          && (hours == null || hours.contains(local.getHour()));
    }

    String cron() {
      return list(minutes) + " " + (hours == null ? "*" : list(hours)) + " * * *";
    }

    private static String list(Set<Integer> values) {
      return values.stream().sorted().map(String::valueOf).collect(Collectors.joining(","));
    }
  }

  @Test
  void findsWhatAWalkThroughEveryMinuteFinds() {
    for (int i = 0; i < CASES; i++) {
      Random random = new Random(seed + i);
      ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
      Instant change = change(zone, random);
      Expression expression = expression(random);
      Instant from = change.minus(Duration.ofHours(30));
      Instant until = change.plus(Duration.ofHours(30));

      List<Instant> found = found(expression, zone, from, until);

      assertThat(found)
          .as("%s in %s from %s, seed %d", expression.cron(), zone, from, seed + i)
          .isEqualTo(walked(expression, zone, from, until));
    }
  }

  private static List<Instant> found(
      Expression expression, ZoneId zone, Instant from, Instant until) {
    Timetable timetable = Timetable.of(expression.cron(), zone);
    List<Instant> found = new ArrayList<>();
    Instant next = timetable.after(from).orElseThrow();
    while (!next.isAfter(until)) {
      found.add(next);
      next = timetable.after(next).orElseThrow();
    }
    return found;
  }

  /**
   * What clocks show for the first time, and at a jump whatever it leaves out, if anything fits.
   */
  private static List<Instant> walked(
      Expression expression, ZoneId zone, Instant from, Instant until) {
    TreeSet<Instant> due = new TreeSet<>();
    Set<LocalDateTime> shown = new HashSet<>();
    // A day ahead, so that what is shown for the second time is known.
    Instant minute = from.minus(Duration.ofDays(1));
    LocalDateTime before = null;
    while (!minute.isAfter(until)) {
      LocalDateTime local = LocalDateTime.ofInstant(minute, zone);
      boolean again = !shown.add(local);
      boolean fits = expression.fits(local) && (!again || expression.hours() == null);
      if (fits || (expression.hours() != null && leftOut(expression, before, local))) {
        due.add(minute);
      }
      before = local;
      minute = minute.plusSeconds(60);
    }
    return List.copyOf(due.tailSet(from, false));
  }

  private static boolean leftOut(Expression expression, LocalDateTime before, LocalDateTime now) {
    if (before == null) {
      return false;
    }
    for (LocalDateTime t = before.plusMinutes(1); t.isBefore(now); t = t.plusMinutes(1)) {
      if (expression.fits(t)) {
        return true;
      }
    }
    return false;
  }

  private static Instant change(ZoneId zone, Random random) {
    Instant moment =
        Instant.parse("2005-01-01T00:00:00Z").plus(Duration.ofDays(random.nextInt(8000)));
    ZoneOffsetTransition next = zone.getRules().nextTransition(moment);
    return next == null ? moment : next.getInstant();
  }

  private static Expression expression(Random random) {
    Set<Integer> minutes = some(random, 60, 3);
    return new Expression(minutes, random.nextInt(4) == 0 ? null : some(random, 6, 3));
  }

  private static Set<Integer> some(Random random, int below, int atMost) {
    IntFunction<Integer> any = unused -> random.nextInt(below);
    return IntStream.rangeClosed(0, random.nextInt(atMost))
        .mapToObj(any)
        .collect(Collectors.toSet());
  }
}
