package io.holdfast.worker.recovery;

import io.holdfast.model.Lsn;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalStore;
import io.holdfast.worker.wal.fetch.WalFetch;
import io.holdfast.worker.wal.fetch.WalOrder;
import java.io.Closeable;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A way from a base backup to a target, proven: every segment and history file that it needs is in
 * the archive, and the target was seen in it. Whoever proves it closes it; the repository stays
 * open.
 */
public final class RecoveryPlan implements Closeable {
  private final RecoveryRooms rooms;
  private final RecoveryPath path;
  private final WalFetch fetch;
  private final RecoveryStop stop;
  private final RecoveryTarget target;

  private RecoveryPlan(
      RecoveryRooms rooms,
      RecoveryPath path,
      WalFetch fetch,
      RecoveryStop stop,
      RecoveryTarget target) {
    this.rooms = rooms;
    this.path = path;
    this.fetch = fetch;
    this.stop = stop;
    this.target = target;
  }

  /**
   * Reads the archive and changes nothing.
   *
   * @param target neither {@link RecoveryTarget.EndOfBackup}, which needs no archive, nor {@link
   *     RecoveryTarget.Standby}, which has no end
   * @param timeline {@code latest}, {@code current} or a decimal number
   * @throws JobFailure TARGET_UNREACHABLE with the nearest points; WAL_DAMAGED; repository codes
   */
  public static RecoveryPlan prove(
      RecoveryRooms rooms,
      Repository repository,
      Manifest manifest,
      RecoveryTarget target,
      String timeline,
      Coverage coverage,
      Progress progress) {
    progress.phase("PROVING", null);
    WalStore archive =
        new WalStore(
            repository,
            new WalLayout(manifest.cluster(), manifest.source().systemIdentifier()),
            rooms.seals(),
            null,
            Clock.systemUTC());
    WalStore store = manifest.encryption() == null ? archive : archive.encryptedOnly();
    SegmentSize size = new SegmentSize(manifest.wal().segmentSizeBytes());
    RecoveryPath path =
        RecoveryPath.plan(manifest.wal(), ArchiveContents.of(store, size), timeline);
    WalFetch fetch = new WalFetch(store, path.order(), rooms.fetching(), rooms.waiter());
    try (Progress.Registration stop = progress.closeOnStop(fetch)) {
      TargetSearch search =
          new TargetSearch(manifest, path, new ArchivedRecords(fetch, path, progress), coverage);
      return new RecoveryPlan(rooms, path, fetch, stop(search, path, target), target);
    } catch (RuntimeException e) {
      fetch.close();
      throw e;
    }
  }

  private static RecoveryStop stop(TargetSearch search, RecoveryPath path, RecoveryTarget target) {
    return switch (target) {
      case RecoveryTarget.Immediate immediate -> RecoveryStop.immediate(path.base().stopLsn());
      case RecoveryTarget.Latest latest -> search.latest();
      case RecoveryTarget.Time time -> search.time(time);
      case RecoveryTarget.Position position -> search.position(position);
      case RecoveryTarget.Transaction transaction -> search.transaction(transaction);
      case RecoveryTarget.RestorePoint point -> search.restorePoint(point);
      case RecoveryTarget.EndOfBackup none ->
          throw new IllegalArgumentException("the end of the backup needs no archive");
      case RecoveryTarget.Standby endless ->
          throw new IllegalArgumentException("a standby recovers without end");
    };
  }

  /**
   * The timeline on which recovery ends. A copy that stops before a switch must not call the later
   * timeline its parent.
   */
  int timeline() {
    return path.order().history().at(new Lsn(stop.near().address() - 1));
  }

  WalOrder order() {
    return path.order().upTo(timeline());
  }

  RecoveryPath path() {
    return path;
  }

  WalFetch fetch() {
    return fetch;
  }

  RecoveryStop stop() {
    return stop;
  }

  RecoveryRooms rooms() {
    return rooms;
  }

  /** The target as the job asked for it. */
  public RecoveryTarget target() {
    return target;
  }

  /** What the server will be told; a person may read it. */
  List<String> settings() {
    List<String> settings = new ArrayList<>(stop.settings());
    boolean known = timeline() != path.base().timeline() || path.historyOf(timeline());
    settings.add("recovery_target_timeline=" + (known ? timeline() : "current"));
    settings.add("recovery_target_action=pause");
    return settings;
  }

  /** For the report. */
  public String sentence() {
    return "recover to "
        + stop.sentence()
        + " on timeline "
        + timeline()
        + (path.last() < path.first()
            ? ""
            : ", with archived WAL from " + path.order().segment(path.first()) + " on")
        + ": "
        + String.join("; ", settings());
  }

  /**
   * Starts a server on a copy, lets it recover and compares what it reached. The caller closes what
   * comes back.
   *
   * @param data a published copy that {@code recovers()}
   * @throws JobFailure TARGET_MISSED when recovery ended elsewhere, WAL_DAMAGED, a repository code
   *     when the archive could not be read to the end, RESTORE_FAILED
   */
  public RecoveredServer recover(int major, Path data, String superuser, Progress progress) {
    return new RecoveryRun(this, major, data, superuser, progress).run();
  }

  /** What kept the archive from answering; empty when nothing did. */
  Optional<JobFailure> trouble() {
    return fetch.trouble();
  }

  @Override
  public void close() {
    fetch.close();
  }
}
