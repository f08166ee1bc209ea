package io.holdfast.model.wal;

import io.holdfast.model.ResourceName;
import java.time.Duration;

/**
 * How the WAL of a cluster reaches its repository.
 *
 * @param mode who brings it
 * @param compressionLevel of zstd, 1 to 19
 * @param recoveryPointObjective how much may be lost; beyond it the archive is late
 * @param partialInterval how often an unfinished segment is stored as well; null: never. Only for
 *     {@link Mode#STREAM}
 * @param unlimitedSlot whether a server without {@code max_slot_wal_keep_size} may be streamed from
 *     although an unread slot can fill its disk
 */
public record ArchiveSpec(
    Mode mode,
    int compressionLevel,
    Duration recoveryPointObjective,
    Duration partialInterval,
    boolean unlimitedSlot) {
  /** The server's archiver brings it, or a worker fetches it through a replication slot. */
  public enum Mode {
    PUSH,
    STREAM
  }

  /** The server waits for its archiver: half the CPU time of level 3, for a tenth more bytes. */
  public static final int DEFAULT_LEVEL = 1;

  public static final Duration DEFAULT_OBJECTIVE = Duration.ofMinutes(5);
  private static final int LONGEST_SLOT_NAME = 63;

  public ArchiveSpec {
    mode = mode == null ? Mode.PUSH : mode;
    compressionLevel = compressionLevel == 0 ? DEFAULT_LEVEL : compressionLevel;
    recoveryPointObjective =
        recoveryPointObjective == null ? DEFAULT_OBJECTIVE : recoveryPointObjective;
    if (compressionLevel < 1 || compressionLevel > 19) {
      throw new IllegalArgumentException("compressionLevel must be 1 to 19");
    }
    if (partialInterval != null && mode != Mode.STREAM) {
      throw new IllegalArgumentException("partialInterval is for STREAM only");
    }
  }

  /**
   * The replication slot that the workers of a cluster share: letters, digits and underscores, as
   * many as PostgreSQL takes.
   */
  public static String slotName(String cluster) {
    String name = "holdfast_" + ResourceName.check("cluster name", cluster).replace('-', '_');
    return name.substring(0, Math.min(name.length(), LONGEST_SLOT_NAME));
  }
}
