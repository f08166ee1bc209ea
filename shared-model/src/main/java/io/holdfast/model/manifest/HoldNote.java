package io.holdfast.model.manifest;

import java.time.Instant;

/**
 * What keeps a backup whatever the policy says, as it lies beside the backup's manifest.
 *
 * @param kind {@code LEGAL} or {@code USER}
 * @param endsAt null: when it is lifted
 * @param createdBy id of the key of who asked
 * @param liftedAt null: it was not lifted
 */
public record HoldNote(
    String id,
    String kind,
    String reason,
    Instant endsAt,
    Instant createdAt,
    String createdBy,
    Instant liftedAt,
    String liftedBy,
    String liftReason) {
  /** Whether it keeps the backup. */
  public boolean standsAt(Instant now) {
    return liftedAt == null && (endsAt == null || endsAt.isAfter(now));
  }
}
