package io.holdfast.api.recoverability;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known of one cluster's recoverability.
 *
 * @param objective how much may be lost
 * @param newest the newest point that a backup alone leads to; null: there is no restorable backup
 * @param archive null: its WAL is not archived, or nobody has looked
 * @param retention null: nobody has looked yet
 */
record Standing(
    String cluster,
    boolean archived,
    Duration objective,
    Point newest,
    Instant oldest,
    Archive archive,
    Proof proof,
    Drill drill,
    LastJobs jobs,
    List<CopyLag> copies,
    Retained retention) {

  /**
   * @param at for a base backup its end, for a dump its begin: what was committed later is not in
   *     it
   */
  record Point(String backupId, String type, Instant at) {}

  /**
   * @param from null with {@code until}: it leads nowhere
   * @param gaps open ones that no newer backup has made harmless
   */
  record Archive(
      Instant from,
      Instant until,
      Instant observedAt,
      boolean stalled,
      boolean silent,
      long gaps) {}

  /** The newest verification that passed; {@code level} as of verifications. */
  record Proof(String level, Instant at) {}

  /** The newest drill that passed. */
  record Drill(Instant at, Duration recovery, Duration objective) {}

  /** When jobs of a kind last ended well and badly; each may be null. */
  record LastJobs(
      Instant backupGood,
      Instant backupBad,
      Instant verifyGood,
      Instant verifyBad,
      Instant drillGood,
      Instant drillBad) {}

  /**
   * @param behindSince when the oldest backup was finished that is not there; null: none is missing
   * @param walBehindSince null: all WAL is there, or none is archived
   */
  record CopyLag(
      String repository, long waiting, long failed, Instant behindSince, Instant walBehindSince) {}

  record Retained(long due, boolean violated) {}

  /** Something that a person should look at; the code is stable. */
  record Concern(String code, String sentence) {}

  /** The newest moment that can be reached; null: none. */
  Instant restorableUntil() {
    Instant wal = archive == null ? null : archive.until();
    Instant backup = newest == null ? null : newest.at();
    return wal == null || (backup != null && backup.isAfter(wal)) ? backup : wal;
  }

  /** Whether that moment is reached through WAL. */
  boolean throughWal() {
    Instant until = restorableUntil();
    return until != null && archive != null && until.equals(archive.until());
  }

  /** Where the window begins that ends at {@link #restorableUntil()}, or the oldest backup. */
  Instant restorableFrom() {
    return throughWal() ? archive.from() : oldest;
  }

  Duration age(Instant now) {
    Instant until = restorableUntil();
    if (until == null) {
      return null;
    }
    return until.isAfter(now) ? Duration.ZERO : Duration.between(until, now);
  }

  /** Of the objective; 1 is all of it. Infinite when nothing can be restored. */
  double ratio(Instant now) {
    Duration age = age(now);
    return age == null ? Double.POSITIVE_INFINITY : (double) age.toMillis() / objective.toMillis();
  }

  State state(Instant now) {
    if (restorableUntil() == null) {
      return State.UNRECOVERABLE;
    }
    if (ratio(now) > 1) {
      return State.BREACHED;
    }
    return concerns().isEmpty() ? State.GOOD : State.CONCERNING;
  }

  List<Concern> concerns() {
    List<Concern> concerns = new ArrayList<>();
    if (archive != null && archive.gaps() > 0) {
      concerns.add(
          new Concern(
              "GAP",
              archive.gaps() == 1
                  ? "WAL is missing in one place."
                  : "WAL is missing in " + archive.gaps() + " places."));
    }
    if (archive != null && archive.stalled()) {
      concerns.add(new Concern("ARCHIVE_STALLED", "The archive stands still."));
    }
    if (archived && (archive == null || archive.silent())) {
      concerns.add(new Concern("UNOBSERVED", "No worker reports on the archive."));
    }
    if (after(jobs.backupBad(), jobs.backupGood())) {
      concerns.add(new Concern("BACKUP_FAILED", "The last backup failed."));
    }
    if (after(jobs.verifyBad(), jobs.verifyGood())) {
      concerns.add(new Concern("VERIFICATION_FAILED", "The last verification failed."));
    }
    if (after(jobs.drillBad(), jobs.drillGood())) {
      concerns.add(new Concern("DRILL_FAILED", "The last drill failed."));
    }
    for (CopyLag copy : copies) {
      if (copy.failed() > 0) {
        concerns.add(new Concern("COPY_FAILED", "Copies to '" + copy.repository() + "' fail."));
      }
    }
    if (retention != null && retention.violated()) {
      concerns.add(
          new Concern(
              "RETENTION_VIOLATED",
              "Fewer full backups can be restored than its retention asks for."));
    }
    return concerns;
  }

  private static boolean after(Instant one, Instant other) {
    return one != null && (other == null || one.isAfter(other));
  }

  /** Worst first. */
  enum State {
    UNRECOVERABLE,
    BREACHED,
    CONCERNING,
    GOOD
  }
}
