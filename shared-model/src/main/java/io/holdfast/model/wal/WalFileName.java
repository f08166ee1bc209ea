package io.holdfast.model.wal;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a file that PostgreSQL archives. Every number in it is hexadecimal, the timeline too.
 *
 * @param timeline from 1
 * @param logId,segment the middle and last part of a segment's name; 0 for a history file
 * @param startOffset where in the segment a backup began; 0 unless {@link Kind#BACKUP_HISTORY}
 */
public record WalFileName(Kind kind, int timeline, long logId, long segment, long startOffset) {
  public enum Kind {
    /** A whole segment, {@code 000000010000002A0000001F}. */
    SEGMENT,
    /** The unfinished last segment of a timeline that was left, {@code ....partial}. */
    PARTIAL,
    /** Where a timeline comes from, {@code 00000002.history}. */
    HISTORY,
    /** What a base backup noted, {@code 000000010000002A0000001F.00000028.backup}. */
    BACKUP_HISTORY
  }

  private static final Pattern NAME =
      Pattern.compile(
          "([0-9A-F]{8})(?:(\\.history)|([0-9A-F]{8})([0-9A-F]{8})(?:(\\.partial)|\\.([0-9A-F]{8})(\\.backup))?)");

  public static Optional<WalFileName> parse(String name) {
    Matcher match = NAME.matcher(name);
    if (!match.matches()) {
      return Optional.empty();
    }
    long timeline = Long.parseLong(match.group(1), 16);
    if (timeline < 1 || timeline > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    if (match.group(2) != null) {
      return Optional.of(history((int) timeline));
    }
    Kind kind =
        match.group(5) != null
            ? Kind.PARTIAL
            : match.group(7) != null ? Kind.BACKUP_HISTORY : Kind.SEGMENT;
    return Optional.of(
        new WalFileName(
            kind,
            (int) timeline,
            Long.parseLong(match.group(3), 16),
            Long.parseLong(match.group(4), 16),
            match.group(6) == null ? 0 : Long.parseLong(match.group(6), 16)));
  }

  public static WalFileName history(int timeline) {
    return new WalFileName(Kind.HISTORY, timeline, 0, 0, 0);
  }

  /**
   * @param number of the segment, counted from the beginning of the cluster's WAL
   */
  public static WalFileName segment(int timeline, long number, SegmentSize size) {
    return new WalFileName(
        Kind.SEGMENT, timeline, number / size.perLogId(), number % size.perLogId(), 0);
  }

  /** The same segment, unfinished. */
  public WalFileName partial() {
    return new WalFileName(Kind.PARTIAL, timeline, logId, segment, 0);
  }

  /** The number of the segment, counted from the beginning of the cluster's WAL. */
  public long number(SegmentSize size) {
    return logId * size.perLogId() + segment;
  }

  /** Whether a cluster with segments of this size has such a name. */
  public boolean fits(SegmentSize size) {
    return segment < size.perLogId();
  }

  @Override
  public String toString() {
    return switch (kind) {
      case HISTORY -> String.format(Locale.ROOT, "%08X.history", timeline);
      case SEGMENT -> base();
      case PARTIAL -> base() + ".partial";
      case BACKUP_HISTORY -> base() + String.format(Locale.ROOT, ".%08X.backup", startOffset);
    };
  }

  private String base() {
    return String.format(Locale.ROOT, "%08X%08X%08X", timeline, logId, segment);
  }
}
