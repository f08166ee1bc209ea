package io.holdfast.worker.recovery;

import io.holdfast.model.Lsn;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * Where recovery will stop, found in the WAL before anything was copied. All but two kinds become a
 * position: it is exact, and a server that is told a position cannot run past it when the archive
 * grows meanwhile.
 *
 * @param settings of the server that recovers
 * @param reached the end of the last record that will be applied; null when the server finds it
 * @param near {@code reached}, or a position on the same timeline
 * @param bound for a moment: no transaction that ended later may be in; null otherwise
 * @param inclusive whether one that ended at exactly that moment may
 * @param sentence for people
 */
record RecoveryStop(
    List<String> settings,
    Lsn reached,
    Lsn near,
    Instant bound,
    boolean inclusive,
    String sentence) {

  private static final DateTimeFormatter SETTING =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS'+00'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** Behind the record that begins there. */
  static RecoveryStop after(Lsn start, Lsn end, String sentence) {
    return position(start, true, end, sentence);
  }

  /**
   * Right before the record that begins there.
   *
   * @param end of the record before it
   */
  static RecoveryStop before(Lsn start, Lsn end, String sentence) {
    return position(start, false, end, sentence);
  }

  private static RecoveryStop position(Lsn lsn, boolean inclusive, Lsn end, String sentence) {
    return new RecoveryStop(
        List.of(
            "recovery_target_lsn=" + lsn,
            "recovery_target_inclusive=" + (inclusive ? "on" : "off")),
        end,
        end,
        null,
        inclusive,
        sentence);
  }

  /**
   * @param end of the backup
   */
  static RecoveryStop immediate(Lsn end) {
    return new RecoveryStop(
        List.of("recovery_target=immediate"), null, end, null, true, "as soon as it is consistent");
  }

  /**
   * @param near where about that is
   */
  static RecoveryStop moment(Instant time, boolean inclusive, Lsn near) {
    return new RecoveryStop(
        List.of(
            "recovery_target_time=" + SETTING.format(microseconds(time, inclusive)),
            "recovery_target_inclusive=" + (inclusive ? "on" : "off")),
        null,
        near,
        time,
        inclusive,
        "the last commit " + (inclusive ? "at or before " : "before ") + time);
  }

  /** The server counts in microseconds. */
  private static Instant microseconds(Instant time, boolean inclusive) {
    Instant floor = time.truncatedTo(ChronoUnit.MICROS);
    return inclusive || floor.equals(time) ? floor : floor.plus(1, ChronoUnit.MICROS);
  }
}
