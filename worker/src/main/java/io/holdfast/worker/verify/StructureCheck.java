package io.holdfast.worker.verify;

import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Inventory;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.dump.DumpStructure;
import io.holdfast.worker.failure.JobFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Parses every artifact to its end while it streams by. */
final class StructureCheck {
  private final VerifyRooms rooms;
  private int dumps;

  StructureCheck(VerifyRooms rooms) {
    this.rooms = rooms;
  }

  void check(StoredBackup backup, Artifact artifact) {
    try (InputStream plain = backup.open(artifact)) {
      switch (artifact.kind()) {
        case DUMP_CUSTOM, DUMP_PLAIN, DUMP_DIRECTORY, GLOBALS -> {
          structure(backup).check(artifact.kind(), plain);
          dumps++;
        }
        case INVENTORY -> {
          Inventory unused = Wire.read(plain.readAllBytes(), Inventory.class);
        }
        case BASE_TAR, TABLESPACE_TAR, BACKUP_MANIFEST, CONFIG_TAR ->
            plain.transferTo(OutputStream.nullOutputStream());
      }
    } catch (IOException | UncheckedIOException e) {
      throw new JobFailure(
          io.holdfast.model.ErrorCode.ARTIFACT_DAMAGED,
          "'" + artifact.object() + "' cannot be read to its end",
          "do not rely on this backup",
          e);
    }
  }

  private DumpStructure structure(StoredBackup backup) {
    return new DumpStructure(
        rooms.programs().client("pg_restore", backup.major()), rooms.scratch());
  }

  Finding finding(StoredBackup backup) {
    return new Finding(
        "structure", "OK", dumps + " dumps were parsed from their first to their last byte", null);
  }
}
