package io.holdfast.worker.restore;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.JobResult.Restored;
import io.holdfast.model.manifest.Artifact.Kind;
import io.holdfast.model.manifest.Inventory;
import io.holdfast.model.restore.PhysicalRestoreTarget;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.chain.BackupChain;
import io.holdfast.worker.chain.ChainExtraction;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.server.InventoryComparison;
import io.holdfast.worker.server.LastingServer;
import io.holdfast.worker.server.ThrowAwayServer;
import io.holdfast.worker.stored.BaseArchives;
import io.holdfast.worker.stored.StoredBackup;
import io.holdfast.worker.target.physical.DirectoryRestore;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A base backup into a directory of this worker's host. */
final class PhysicalInto {
  private final RestoreRooms rooms;
  private final BackupChain chain;
  private final StoredBackup backup;
  private final PhysicalRestoreTarget target;
  private final List<String> steps = new ArrayList<>();
  private final Map<String, String> details = new TreeMap<>();

  PhysicalInto(RestoreRooms rooms, BackupChain chain, PhysicalRestoreTarget target) {
    this.rooms = rooms;
    this.chain = chain;
    this.backup = chain.asked();
    this.target = target;
  }

  Restored run(boolean dryRun) {
    Path directory = directory();
    details.put("directory", directory.toString());
    try (DirectoryRestore restore =
        DirectoryRestore.check(
            directory,
            backup.manifest().tablespaces(),
            target.tablespaces(),
            rooms.credentials()::allowsRestorePath,
            backup.attempt().jobId().value())) {
      if (target.start() || target.check()) {
        Path unused = rooms.programs().server("postgres", backup.major());
      }
      ChainExtraction.requireProgram(chain, rooms.programs());
      plan(directory);
      if (!dryRun) {
        extract(restore);
        if (target.check()) {
          check(directory);
        }
        if (target.start()) {
          start(directory);
        }
      }
      return new Restored(backup.manifest().backupId(), dryRun, steps, details);
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.RESTORE_FAILED,
          "cleaning up beside '" + directory + "' failed: " + e.getMessage(),
          "Remove what begins with '." + directory.getFileName() + ".holdfast-' there.",
          e);
    }
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
    steps.add(
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
      steps.add(
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
                steps.add(
                    "restore tablespace "
                        + space.name()
                        + " into '"
                        + target.tablespaces().getOrDefault(space.location(), space.location())
                        + "'"));
    steps.add("quarantine the copy: " + String.join("; ", DirectoryRestore.quarantine()));
    if (target.check()) {
      steps.add("start it on a private socket, compare it with what was recorded, stop it");
    }
    if (target.start()) {
      steps.add("start it on loopback and leave it running");
    }
  }

  private void extract(DirectoryRestore restore) {
    int files =
        ChainExtraction.run(chain, restore, rooms.programs(), backup.attempt()::requireHeld);
    details.put("files", Integer.toString(files));
  }

  private void check(Path directory) throws IOException {
    backup.attempt().phase("CHECKING", null);
    Inventory recorded = Wire.read(new BaseArchives(backup).bytes(Kind.INVENTORY), Inventory.class);
    long begun = System.nanoTime();
    try (ThrowAwayServer server =
        ThrowAwayServer.start(
            rooms.programs(), backup.major(), directory, recorded.superuser(), backup.attempt())) {
      details.put("recoverySeconds", Double.toString((System.nanoTime() - begun) / 1e9));
      InventoryComparison.compare(recorded, "template1", database -> server.connect(database))
          .stream()
          .map(Finding::sentence)
          .forEach(steps::add);
      server.shutDown(rooms.programs(), backup.major(), directory);
    }
  }

  private void start(Path directory) {
    backup.attempt().phase("STARTING", null);
    int port = LastingServer.start(rooms.programs(), backup.major(), directory, target.port());
    details.put("port", Integer.toString(port));
    steps.add("started on 127.0.0.1:" + port);
  }
}
