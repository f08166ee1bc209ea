package io.holdfast.api.cluster;

import io.holdfast.api.problem.ApiProblem;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;

/**
 * A retention policy that has been found sound, with its defaults filled in.
 *
 * @param minimumFulls at least 1
 * @param walWindow at least 7 days
 * @param maxDeleteShare of the backups, more than 0 and at most 1
 * @param timeZone of the calendar, as {@link ZoneId#of} takes it
 */
public record ClusterRetention(
    int daily,
    int weekly,
    int monthly,
    int yearly,
    By by,
    int minimumFulls,
    Duration walWindow,
    WalKeep walKeep,
    Duration grace,
    double maxDeleteShare,
    String timeZone) {
  /** What a tier counts. */
  public enum By {
    /** Periods that have a good backup. */
    COUNT,
    /** Periods of the calendar, back from the newest good backup. */
    AGE
  }

  /** How much WAL is kept beyond the window. */
  public enum WalKeep {
    SINCE_OLDEST,
    WINDOW
  }

  private static final Duration LEAST_WINDOW = Duration.ofDays(7);
  private static final Duration LONGEST = Duration.ofDays(3660);

  /** What holds where nothing is declared. */
  public static ClusterRetention defaults() {
    return of(
        new RetentionView(null, null, null, null, null, null, null, null, null, null, null),
        "retention");
  }

  /**
   * @param field where it was declared, for the problem
   * @throws ApiProblem 422
   */
  public static ClusterRetention of(RetentionView view, String field) {
    Duration window = view.walWindow() == null ? LEAST_WINDOW : view.walWindow();
    require(
        window.compareTo(LEAST_WINDOW) >= 0 && window.compareTo(LONGEST) <= 0,
        field + ".walWindow",
        "must be P7D to P3660D");
    Duration grace = view.grace() == null ? Duration.ofDays(1) : view.grace();
    require(
        !grace.isNegative() && grace.compareTo(LONGEST) <= 0,
        field + ".grace",
        "must be PT0S to P3660D");
    String zone = view.timeZone() == null ? "UTC" : view.timeZone();
    require(isZone(zone), field + ".timeZone", "is not a time zone such as Europe/Berlin");
    return new ClusterRetention(
        or(view.daily(), 7),
        or(view.weekly(), 4),
        or(view.monthly(), 12),
        or(view.yearly(), 0),
        view.by() == null ? By.COUNT : By.valueOf(view.by()),
        or(view.minimumFulls(), 2),
        window,
        view.walKeep() == null ? WalKeep.SINCE_OLDEST : WalKeep.valueOf(view.walKeep()),
        grace,
        view.maxDeleteShare() == null ? 0.5 : view.maxDeleteShare(),
        zone);
  }

  public RetentionView view() {
    return new RetentionView(
        daily,
        weekly,
        monthly,
        yearly,
        by.name(),
        minimumFulls,
        walWindow,
        walKeep.name(),
        grace,
        maxDeleteShare,
        timeZone);
  }

  /**
   * How long everything is kept that is good when it is taken, and the WAL behind it: the days of
   * the first tier or the window, and the grace.
   */
  public Duration least() {
    Duration days = Duration.ofDays(daily);
    return (days.compareTo(walWindow) > 0 ? days : walWindow).plus(grace);
  }

  public ZoneId zone() {
    return ZoneId.of(timeZone);
  }

  private static int or(Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }

  private static boolean isZone(String name) {
    try {
      return ZoneId.of(name).getRules() != null;
    } catch (DateTimeException unknown) {
      return false;
    }
  }

  private static void require(boolean holds, String field, String message) {
    if (!holds) {
      throw ApiProblem.invalid(field, message, "Correct it.");
    }
  }
}
