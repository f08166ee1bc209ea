package io.holdfast.worker.restore;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.JobResult.Restored;
import io.holdfast.model.restore.PhysicalRestoreTarget;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.worker.chain.BackupChain;
import io.holdfast.worker.chain.ChainExtraction;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.stored.StoredBackup;
import io.holdfast.worker.target.physical.DirectoryRestore;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** A base backup into a directory of this worker's host. */
final class PhysicalInto {
  private final RestoreRooms rooms;
  private final Repository repository;
  private final BackupChain chain;
  private final StoredBackup backup;
  private final PhysicalRestoreTarget target;
  private final PointOfNoReturn point;
  private final Report report = new Report();

  PhysicalInto(
      RestoreRooms rooms,
      Repository repository,
      BackupChain chain,
      PhysicalRestoreTarget target,
      PointOfNoReturn point) {
    this.point = point;
    this.rooms = rooms;
    this.repository = repository;
    this.chain = chain;
    this.backup = chain.asked();
    this.target = target;
  }

  Restored run(boolean dryRun) {
    Path directory = directory();
    report.details().put("directory", directory.toString());
    try (DirectoryRestore restore =
            DirectoryRestore.check(
                directory,
                backup.manifest().tablespaces(),
                target.tablespaces(),
                rooms.credentials()::allowsRestorePath,
                backup.attempt().jobId().value());
        PhysicalEnding ending = ending(directory)) {
      ChainExtraction.requireProgram(chain, rooms.programs());
      plan(directory);
      ending.prove(report);
      if (!dryRun) {
        ending.prepare(restore);
        extract(restore);
        // Until here it all lay beside the target; now the target has it.
        point.pass();
        ending.finish(directory, report);
      }
      return new Restored(backup.manifest().backupId(), dryRun, report.steps(), report.details());
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.RESTORE_FAILED,
          "cleaning up beside '" + directory + "' failed: " + e.getMessage(),
          "Remove what begins with '." + directory.getFileName() + ".holdfast-' there.",
          e);
    }
  }

  private PhysicalEnding ending(Path directory) {
    return switch (target.recoveryTarget()) {
      case RecoveryTarget.EndOfBackup none -> new AtEndOfBackup(rooms, backup, target);
      case RecoveryTarget.Standby standby ->
          new AsStandby(rooms, backup, target, standby, directory);
      case RecoveryTarget.Immediate some -> recovering();
      case RecoveryTarget.Latest some -> recovering();
      case RecoveryTarget.Time some -> recovering();
      case RecoveryTarget.Position some -> recovering();
      case RecoveryTarget.Transaction some -> recovering();
      case RecoveryTarget.RestorePoint some -> recovering();
    };
  }

  private PhysicalEnding recovering() {
    return new AtTarget(rooms, repository, backup, target);
  }

  private Path directory() {
    try {
      return Path.of(target.directory());
    } catch (InvalidPathException e) {
      throw new JobFailure(
          ErrorCode.TARGET_REFUSED, "the target is not a path", "Give an absolute path.", e);
    }
  }

  private void plan(Path directory) {
    report
        .steps()
        .add(
            "restore base backup "
                + backup.manifest().backupId()
                + " of PostgreSQL "
                + backup.manifest().source().serverVersion()
                + " into '"
                + directory
                + "', "
                + backup.manifest().plainBytes()
                + " bytes");
    if (chain.isIncremental()) {
      report
          .steps()
          .add(
              "combine "
                  + chain.describe()
                  + " with pg_combinebackup; besides what comes of it, that takes "
                  + chain.plainBytes()
                  + " bytes beside the target meanwhile");
    }
    backup
        .manifest()
        .tablespaces()
        .forEach(
            space ->
                report
                    .steps()
                    .add(
                        "restore tablespace "
                            + space.name()
                            + " into '"
                            + target.tablespaces().getOrDefault(space.location(), space.location())
                            + "'"));
    report.steps().add("quarantine the copy: " + String.join("; ", DirectoryRestore.quarantine()));
  }

  private void extract(DirectoryRestore restore) {
    int files =
        ChainExtraction.run(chain, restore, rooms.programs(), backup.attempt()::requireHeld);
    report.details().put("files", Integer.toString(files));
  }
}
