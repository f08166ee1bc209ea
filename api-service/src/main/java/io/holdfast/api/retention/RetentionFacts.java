package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterRetention;
import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation.Timeline;
import io.holdfast.model.wal.SegmentSize;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything that a plan is made from: what one cluster has in one repository.
 *
 * @param archive null: nobody has looked at its WAL, and none of it goes
 * @param former systems that the cluster was before it was set up anew, of which WAL may lie there
 */
record RetentionFacts(
    Instant now,
    ClusterRetention policy,
    List<Stored> backups,
    Archive archive,
    List<Former> former) {
  RetentionFacts {
    backups = List.copyOf(backups);
    former = List.copyOf(former);
  }

  /**
   * @param replacedAt when the first base backup of the present system had followed the last one of
   *     it; null: none has
   */
  record Former(String systemIdentifier, Instant replacedAt) {}

  /** What is known of a backup's worth. */
  enum Condition {
    GOOD,
    SUSPECT,
    /** Its removal was begun and not finished: nothing can be made of it any more. */
    LEAVING
  }

  /**
   * @param series backups of the same series can stand for each other
   * @param suspectBecause null unless {@link Condition#SUSPECT}
   * @param parent what an incremental one builds on; null: a full one
   * @param base where its WAL lies; null for a logical one
   * @param proven whether a verification has passed
   * @param holds sentences: who keeps it, and why
   * @param pins likewise for the jobs that read it
   * @param pinsWal whether one of these may need the WAL behind it, too
   */
  record Stored(
      BackupId id,
      String series,
      Condition condition,
      String suspectBecause,
      BackupId parent,
      Instant finishedAt,
      long bytes,
      Base base,
      boolean proven,
      List<String> holds,
      List<String> pins,
      boolean pinsWal) {}

  /** Where the WAL lies that a base backup needs to be one. */
  record Base(String systemIdentifier, int timeline, Lsn start, Lsn stop) {}

  /**
   * What is archived of one system.
   *
   * @param timelines ascending
   */
  record Archive(
      String systemIdentifier, SegmentSize segments, List<Timeline> timelines, Written written) {}

  /** When WAL was written, as far as anybody knows. */
  interface Written {
    /** What lies before this position of the timeline was written before the moment. */
    Optional<Lsn> before(int timeline, Instant moment);
  }
}
