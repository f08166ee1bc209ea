package io.holdfast.worker.verify;

import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Inventory;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.dump.DumpStructure;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.stored.BaseArchives;
import io.holdfast.worker.stored.StoredBackup;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Parses every artifact to its end while it streams by. */
final class StructureCheck {
  private final VerifyRooms rooms;
  private int dumps;
  private int baseFiles;

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
        case BASE_TAR -> baseFiles = new BaseArchives(backup).read(StructureCheck::toTheEnd);
        // Read with the base: neither says anything alone.
        case TABLESPACE_TAR, BACKUP_MANIFEST -> {}
        case CONFIG_TAR -> plain.transferTo(OutputStream.nullOutputStream());
      }
    } catch (IOException | UncheckedIOException e) {
      throw new JobFailure(
          io.holdfast.model.ErrorCode.ARTIFACT_DAMAGED,
          "'" + artifact.object() + "' cannot be read to its end",
          "do not rely on this backup",
          e);
    }
  }

  private static void toTheEnd(Long tablespace, InputStream tar) throws IOException {
    tar.transferTo(OutputStream.nullOutputStream());
  }

  private DumpStructure structure(StoredBackup backup) {
    return new DumpStructure(
        rooms.programs().client("pg_restore", backup.major()), rooms.scratch());
  }

  Finding finding(StoredBackup backup) {
    if (!backup.artifacts(Artifact.Kind.BASE_TAR).isEmpty()) {
      return new Finding(
          "structure",
          "OK",
          baseFiles
              + " files of the base backup match backup_manifest, and the WAL it needs is complete",
          null);
    }
    return new Finding(
        "structure", "OK", dumps + " dumps were parsed from their first to their last byte", null);
  }
}
