package io.holdfast.worker.wal.archive;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.wal.PageHeader;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalObject;
import io.holdfast.worker.wal.WalStore;
import io.holdfast.worker.wal.WalStore.Outcome;
import io.holdfast.worker.wal.WalStore.Stored;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Set;
import java.util.function.Function;

/**
 * Takes WAL of one cluster into its repository, as one declaration says. What it acknowledges is
 * stored, confirmed and never changed again. Thread-safe.
 */
public final class ClusterArchive implements Closeable {
  /** Larger segments are not archived: one is held in memory while it is stored. */
  public static final long LARGEST_SEGMENT = 64L * 1024 * 1024;

  /** History files and the like: a line for each timeline that was left. */
  private static final long LARGEST_OTHER = WalObject.HEAD_BYTES;

  private final Declaration declaration;
  private final Repository repository;
  private final WalStore store;
  private final TimelineGuard guard;
  private final ArchiveAlarms alarms;

  /**
   * Opens an archive; the timelines that it holds are looked up.
   *
   * @param repository closed with the archive
   * @param seals of its WAL
   * @param probe looks at the cluster's nodes
   */
  static ClusterArchive open(
      Declaration declaration,
      Repository repository,
      Seals seals,
      Function<ClusterSpec, Topology> probe,
      ArchiveAlarms alarms) {
    ClusterSpec cluster = declaration.cluster();
    WalStore store =
        new WalStore(
            repository,
            new WalLayout(cluster.name(), cluster.systemIdentifier()),
            seals,
            cluster.encryption(),
            Clock.systemUTC());
    Set<Integer> archived = store.histories();
    return new ClusterArchive(
        declaration,
        repository,
        store,
        new TimelineGuard(cluster, probe, store::history, archived),
        alarms);
  }

  private ClusterArchive(
      Declaration declaration,
      Repository repository,
      WalStore store,
      TimelineGuard guard,
      ArchiveAlarms alarms) {
    this.declaration = declaration;
    this.repository = repository;
    this.store = store;
    this.guard = guard;
    this.alarms = alarms;
  }

  public Declaration declaration() {
    return declaration;
  }

  public ClusterSpec cluster() {
    return declaration.cluster();
  }

  public WalStore store() {
    return store;
  }

  /**
   * @throws JobFailure WAL_DAMAGED when no file of that kind is so long
   */
  static void requireWithinLimit(WalFileName file, long bytes) {
    if (bytes > limit(file)) {
      throw new JobFailure(
          ErrorCode.WAL_DAMAGED,
          file + " has " + bytes + " bytes; up to " + limit(file) + " can be archived",
          "Segments of up to 64 MB can be archived.");
    }
  }

  /** Raises the alarm that a server which is none of this cluster's wants to archive. */
  JobFailure foreign(WalFileName file, String detail) {
    alarms.refused(name(), file, "FOREIGN_CLUSTER", detail, null);
    return new JobFailure(
        ErrorCode.COMMAND_REFUSED,
        detail,
        "A restored copy must not archive into its source: set its archive_command anew.");
  }

  /** How much of a file may come. */
  private static long limit(WalFileName file) {
    return switch (file.kind()) {
      case SEGMENT, PARTIAL -> LARGEST_SEGMENT;
      case HISTORY, BACKUP_HISTORY -> LARGEST_OTHER;
    };
  }

  /**
   * Stores a file of PostgreSQL's. Returns when it is durable and confirmed, or was before.
   *
   * @param content of which {@code length} bytes are read
   * @param length how long it says it is, in bytes
   * @return whether it is there now for the first time
   * @throws JobFailure WAL_DAMAGED when it is not what its name says or shorter than it should be,
   *     COMMAND_REFUSED when it is another cluster's or holds other content than what is archived
   *     under its name, a repository code when it could not be stored
   */
  public boolean push(WalFileName file, InputStream content, long length) throws IOException {
    requireWithinLimit(file, length);
    WalObject.Encoded encoded =
        store.encode(file, content, (int) length, declaration.archive().compressionLevel());
    long bytes = encoded.label().plain().bytes();
    if (bytes != length) {
      throw new JobFailure(
          ErrorCode.WAL_DAMAGED,
          file + " ended after " + bytes + " of " + length + " bytes",
          "It was cut off on its way; the server sends it again.");
    }
    try {
      requireFits(file, encoded);
      guard.require(file.timeline());
    } catch (JobFailure e) {
      if (e.code() == ErrorCode.COMMAND_REFUSED) {
        alarms.refused(name(), file, foreign(file, encoded), e.getMessage(), null);
      } else if (e.code() == ErrorCode.WAL_DAMAGED) {
        alarms.refused(name(), file, "WAL_MALFORMED", e.getMessage(), null);
      }
      throw e;
    }
    Stored stored = store.put(file, encoded);
    if (stored.outcome() == Outcome.CONFLICT) {
      String detail =
          file
              + " is archived already with other content: two servers write the same timeline of"
              + " cluster '"
              + name()
              + "'";
      alarms.refused(name(), file, "SPLIT_BRAIN", detail, stored.keptAt());
      throw new JobFailure(
          ErrorCode.COMMAND_REFUSED,
          detail,
          "Find out which of them is the primary and stop the other; what came now is kept as '"
              + stored.keptAt()
              + "'.");
    }
    return stored.outcome() == Outcome.STORED;
  }

  private void requireFits(WalFileName file, WalObject.Encoded encoded) {
    switch (file.kind()) {
      case SEGMENT, PARTIAL -> {
        if (encoded.head().length < PageHeader.BYTES) {
          throw new JobFailure(
              ErrorCode.WAL_DAMAGED, file + " is too short for a segment", "Look at the server.");
        }
        PageHeader.read(file, encoded.head())
            .requireFits(
                file,
                encoded.label().plain().bytes(),
                name(),
                declaration.cluster().systemIdentifier());
      }
      case HISTORY -> requireHistory(file, encoded);
      case BACKUP_HISTORY -> {
        // Text for people; recovery does not read it.
      }
    }
  }

  private static void requireHistory(WalFileName file, WalObject.Encoded encoded) {
    try {
      TimelineHistory unused =
          TimelineHistory.parse(
              file.timeline(), new String(encoded.head(), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new JobFailure(
          ErrorCode.WAL_DAMAGED,
          file + " is not what its name says: " + e.getMessage(),
          "Look at the disk of the server.");
    }
  }

  private String foreign(WalFileName file, WalObject.Encoded encoded) {
    boolean segment =
        file.kind() == WalFileName.Kind.SEGMENT || file.kind() == WalFileName.Kind.PARTIAL;
    return segment
            && !PageHeader.read(file, encoded.head())
                .systemIdentifier()
                .equals(declaration.cluster().systemIdentifier())
        ? "FOREIGN_CLUSTER"
        : "FOREIGN_TIMELINE";
  }

  private String name() {
    return declaration.cluster().name();
  }

  @Override
  public void close() {
    repository.close();
  }
}
