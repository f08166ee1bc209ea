package io.holdfast.worker.backup;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.worker.failure.JobFailure;

/** A base backup of the whole cluster. */
final class PhysicalBackup implements Method {
  PhysicalBackup(BackupRooms rooms, PhysicalSourceSpec spec) {}

  @Override
  public String name() {
    return "PHYSICAL";
  }

  @Override
  public Taken take(Run run) {
    throw new JobFailure(
        ErrorCode.TOOLS_MISSING,
        "this worker cannot take physical backups",
        "use a worker of a newer version, or a logical backup");
  }
}
