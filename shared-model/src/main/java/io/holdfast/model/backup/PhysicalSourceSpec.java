package io.holdfast.model.backup;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.model.BackupId;

/**
 * A base backup of the whole cluster, tablespaces and needed WAL included.
 *
 * @param parent the backup that an incremental one builds on; null: a full one
 * @param otherwise what to do where an incremental one cannot be; null means {@code FAIL}
 * @param parentEncrypted whether the catalog knows the parent as encrypted
 * @param parentManifestSha256 of the parent's {@code manifest.json} as the catalog knows it; null:
 *     not known
 */
public record PhysicalSourceSpec(
    Checkpoint checkpoint,
    BackupId parent,
    Otherwise otherwise,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean parentEncrypted,
    String parentManifestSha256)
    implements SourceSpec {
  /** {@code FAST} asks for an immediate checkpoint, {@code SPREAD} waits for a gentle one. */
  public enum Checkpoint {
    FAST,
    SPREAD
  }

  /** Fail in plain words, or take a full backup and say so. */
  public enum Otherwise {
    FAIL,
    FULL
  }

  public PhysicalSourceSpec {
    checkpoint = checkpoint == null ? Checkpoint.FAST : checkpoint;
  }

  /** A full one. */
  public PhysicalSourceSpec(Checkpoint checkpoint) {
    this(checkpoint, null, null);
  }

  /** On a parent of which nothing is known. */
  public PhysicalSourceSpec(Checkpoint checkpoint, BackupId parent, Otherwise otherwise) {
    this(checkpoint, parent, otherwise, false, null);
  }
}
