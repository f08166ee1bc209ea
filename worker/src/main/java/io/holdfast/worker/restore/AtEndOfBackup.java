package io.holdfast.worker.restore;

import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.manifest.Artifact.Kind;
import io.holdfast.model.manifest.Inventory;
import io.holdfast.model.restore.PhysicalRestoreTarget;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.server.InventoryComparison;
import io.holdfast.worker.server.LastingServer;
import io.holdfast.worker.server.ThrowAwayServer;
import io.holdfast.worker.stored.BaseArchives;
import io.holdfast.worker.stored.StoredBackup;
import io.holdfast.worker.target.physical.DirectoryRestore;
import java.io.IOException;
import java.nio.file.Path;

/** The copy has its own WAL and reads no more. */
final class AtEndOfBackup implements PhysicalEnding {
  private final RestoreRooms rooms;
  private final StoredBackup backup;
  private final PhysicalRestoreTarget target;

  AtEndOfBackup(RestoreRooms rooms, StoredBackup backup, PhysicalRestoreTarget target) {
    this.rooms = rooms;
    this.backup = backup;
    this.target = target;
  }

  @Override
  public void prove(Report report) {
    if (target.start() || target.check()) {
      Path unused = rooms.programs().server("postgres", backup.major());
    }
    if (target.check()) {
      report
          .steps()
          .add("start it on a private socket, compare it with what was recorded, stop it");
    }
    if (target.start()) {
      report.steps().add("start it on loopback and leave it running");
    }
  }

  @Override
  public void prepare(DirectoryRestore restore) {}

  @Override
  public void finish(Path directory, Report report) throws IOException {
    if (target.check()) {
      check(directory, report);
    }
    if (target.start()) {
      backup.attempt().phase("STARTING", null);
      int port = LastingServer.start(rooms.programs(), backup.major(), directory, target.port());
      report.details().put("port", Integer.toString(port));
      report.steps().add("started on 127.0.0.1:" + port);
    }
  }

  private void check(Path directory, Report report) throws IOException {
    backup.attempt().phase("CHECKING", null);
    Inventory recorded = Wire.read(new BaseArchives(backup).bytes(Kind.INVENTORY), Inventory.class);
    long begun = System.nanoTime();
    try (ThrowAwayServer server =
        ThrowAwayServer.start(
            rooms.programs(), backup.major(), directory, recorded.superuser(), backup.attempt())) {
      report.details().put("recoverySeconds", Double.toString((System.nanoTime() - begun) / 1e9));
      InventoryComparison.compare(recorded, "template1", database -> server.connect(database))
          .stream()
          .map(Finding::sentence)
          .forEach(report.steps()::add);
      server.shutDown(rooms.programs(), backup.major(), directory);
    }
  }

  @Override
  public void close() {}
}
