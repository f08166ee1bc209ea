package io.holdfast.worker.source.physical;

import io.holdfast.model.Codec;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.PhysicalSourceSpec.Checkpoint;
import io.holdfast.worker.failure.JobFailure;
import java.util.function.Supplier;

/**
 * What is asked of {@code BASE_BACKUP}.
 *
 * @param label shown in {@code backup_label}; made by Holdfast
 * @param compression obeyed here only when it says {@code SERVER}
 * @param parentManifest the {@code backup_manifest} of the backup that an incremental one builds
 *     on; null for a full one. Asked for once
 */
public record BaseBackupOptions(
    String label,
    Checkpoint checkpoint,
    CompressionSpec compression,
    Supplier<byte[]> parentManifest) {
  private static final int INCREMENTAL_SINCE = 17;

  /** A full one. */
  public BaseBackupOptions(String label, Checkpoint checkpoint, CompressionSpec compression) {
    this(label, checkpoint, compression, null);
  }

  public boolean incremental() {
    return parentManifest != null;
  }

  /** Whether the archives come compressed, so that nobody can look into them as they pass. */
  public boolean serverCompresses() {
    return compression.where() == CompressionSpec.Where.SERVER && compression.codec() != Codec.NONE;
  }

  /**
   * The command in the server's dialect. WAL is included, so that the copy starts by itself;
   * nothing waits for the server's own archiving.
   *
   * @throws JobFailure INVALID_SELECTION when the server is too old for what is asked
   */
  String command(int serverMajor) {
    if (incremental() && serverMajor < INCREMENTAL_SINCE) {
      throw BaseBackupFailure.notIncremental(
          "incremental backups need PostgreSQL 17 or later, and this is " + serverMajor, null);
    }
    boolean fast = checkpoint == Checkpoint.FAST;
    String quoted = "'" + label.replace("'", "''") + "'";
    if (serverMajor < 15) {
      if (serverCompresses()) {
        throw new JobFailure(
            ErrorCode.INVALID_SELECTION,
            "compression at the server needs PostgreSQL 15 or later, and this is " + serverMajor,
            "Ask for compression.where WORKER.");
      }
      return "BASE_BACKUP LABEL "
          + quoted
          + " PROGRESS"
          + (fast ? " FAST" : "")
          + " WAL NOWAIT TABLESPACE_MAP MANIFEST 'yes' MANIFEST_CHECKSUMS 'CRC32C'";
    }
    return "BASE_BACKUP (LABEL "
        + quoted
        + ", PROGRESS, CHECKPOINT '"
        + (fast ? "fast" : "spread")
        + "', WAL, WAIT 0, TABLESPACE_MAP, MANIFEST 'yes', MANIFEST_CHECKSUMS 'CRC32C'"
        + (incremental() ? ", INCREMENTAL" : "")
        + (serverCompresses() ? compressionClause() : "")
        + ")";
  }

  private String compressionClause() {
    return switch (compression.codec()) {
      case ZSTD ->
          ", COMPRESSION 'zstd', COMPRESSION_DETAIL 'level="
              + compression.levelOrDefault()
              + ",workers="
              + compression.workersOrDefault()
              + "'";
      case GZIP ->
          ", COMPRESSION 'gzip', COMPRESSION_DETAIL 'level=" + compression.levelOrDefault() + "'";
      case LZ4 -> ", COMPRESSION 'lz4'";
      case NONE -> "";
    };
  }
}
