package io.holdfast.model.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.model.BackupId;
import java.time.Duration;
import java.util.List;

/**
 * What attempts left that published nothing: objects without a manifest, open uploads.
 *
 * @param olderThan how long ago an attempt must have begun to count as dead
 * @param unfinished backups whose jobs are not over, however old their attempts are
 * @param wal stretches of which nothing is needed any more: content that was put aside there goes,
 *     and so do beginnings of segments
 */
public record Sweep(
    Duration olderThan,
    List<BackupId> unfinished,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<WalRange> wal) {
  public Sweep {
    unfinished = unfinished == null ? List.of() : List.copyOf(unfinished);
    wal = wal == null ? List.of() : List.copyOf(wal);
  }

  /** Of backups alone. */
  public Sweep(Duration olderThan, List<BackupId> unfinished) {
    this(olderThan, unfinished, List.of());
  }
}
