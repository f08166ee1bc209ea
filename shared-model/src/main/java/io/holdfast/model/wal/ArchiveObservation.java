package io.holdfast.model.wal;

import io.holdfast.model.Lsn;
import java.time.Instant;
import java.util.List;

/**
 * What a worker saw of a cluster's archive and of the servers that feed it. Positions are exclusive
 * at the end.
 *
 * @param systemIdentifier decimal text
 * @param segmentBytes size of a WAL segment; null while nothing is archived and no server answered
 * @param timelines ascending; every timeline of which anything is archived
 * @param newestArchivedAt when the newest segment was stored, as far as the worker knows; null:
 *     none
 * @param primary null when no primary answered
 * @param slot null when the cluster is not streamed, or no node answered
 * @param unreachableBecause why {@code primary} is null; null otherwise
 */
public record ArchiveObservation(
    String cluster,
    Instant observedAt,
    String systemIdentifier,
    Integer segmentBytes,
    List<Timeline> timelines,
    Instant newestArchivedAt,
    Primary primary,
    Slot slot,
    String unreachableBecause) {
  public ArchiveObservation {
    timelines = List.copyOf(timelines);
  }

  /**
   * @param history null when its history file is not archived (never for timeline 1)
   * @param ranges what is archived, ascending, apart from each other; a hole between two is a gap
   */
  public record Timeline(int timeline, TimelineHistory history, List<Range> ranges) {
    public Timeline {
      ranges = List.copyOf(ranges);
    }
  }

  /** Archived without a hole: from the beginning of a segment to the end of one. */
  public record Range(Lsn from, Lsn to) {}

  /**
   * @param lsn where the next record will be written
   * @param archivedLsn the end of the last segment that the server's archiver reported done; null:
   *     none, or no archiver
   * @param failing the archiver's last failure is newer than its last success
   * @param oldestWaitingSeconds how long the oldest finished segment has waited; null: unknown or
   *     none waits
   * @param settings {@code archive_mode}, {@code archive_timeout} in seconds, {@code wal_level}
   */
  public record Primary(
      String node,
      int timeline,
      Lsn lsn,
      Lsn archivedLsn,
      boolean failing,
      Double oldestWaitingSeconds,
      Settings settings) {}

  public record Settings(String archiveMode, int archiveTimeoutSeconds, String walLevel) {}

  /**
   * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}
   * @param retainedBytes WAL that the slot keeps on the server
   * @param budgetBytes {@code max_slot_wal_keep_size}; null: unlimited
   */
  public record Slot(
      String name,
      String node,
      boolean active,
      String walStatus,
      Long retainedBytes,
      Long budgetBytes) {}
}
