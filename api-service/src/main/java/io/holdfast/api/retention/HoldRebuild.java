package io.holdfast.api.retention;

import io.holdfast.model.BackupId;
import io.holdfast.model.manifest.HoldNote;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.UUID;

/**
 * Rows for holds that a scan found beside a backup and the catalog does not have. It never lifts
 * one: who may write to a bucket would otherwise end what keeps a backup.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class HoldRebuild {
  private static final int LONGEST_REASON = 1000;

  /** Of a backup that the catalog has. */
  public void take(BackupId backup, List<HoldNote> found) {
    for (HoldNote note : found) {
      UUID id = uuid(note.id());
      if (id != null && complete(note) && HoldEntity.findById(id) == null) {
        HoldEntity row = new HoldEntity();
        row.id = id;
        row.backupId = UUID.fromString(backup.value());
        row.kind = note.kind().equals(HoldEntity.LEGAL) ? HoldEntity.LEGAL : HoldEntity.USER;
        row.reason = note.reason().substring(0, Math.min(note.reason().length(), LONGEST_REASON));
        row.endsAt = note.endsAt();
        row.createdAt = note.createdAt();
        row.createdBy = note.createdBy();
        row.liftedAt = note.liftedAt();
        row.liftedBy = note.liftedBy();
        row.liftReason = note.liftReason();
        row.persist();
      }
    }
  }

  private static boolean complete(HoldNote note) {
    return note.kind() != null
        && note.reason() != null
        && note.createdAt() != null
        && note.createdBy() != null;
  }

  private static UUID uuid(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException notAnId) {
      return null;
    }
  }
}
