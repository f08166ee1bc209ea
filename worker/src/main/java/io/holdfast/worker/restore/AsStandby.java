package io.holdfast.worker.restore;

import io.holdfast.model.restore.PhysicalRestoreTarget;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.worker.recovery.StandbyStart;
import io.holdfast.worker.server.LastingServer;
import io.holdfast.worker.stored.StoredBackup;
import io.holdfast.worker.target.physical.DirectoryRestore;
import java.nio.file.Path;
import java.time.Duration;

/** The copy follows its cluster's primary, and is left running. */
final class AsStandby implements PhysicalEnding {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final RestoreRooms rooms;
  private final StoredBackup backup;
  private final PhysicalRestoreTarget target;
  private final RecoveryTarget.Standby standby;
  private final Path directory;
  private StandbyStart start;

  AsStandby(
      RestoreRooms rooms,
      StoredBackup backup,
      PhysicalRestoreTarget target,
      RecoveryTarget.Standby standby,
      Path directory) {
    this.rooms = rooms;
    this.backup = backup;
    this.target = target;
    this.standby = standby;
    this.directory = directory;
  }

  @Override
  public void prove(Report report) {
    Path unused = rooms.programs().server("postgres", backup.major());
    start =
        StandbyStart.prove(
            standby, backup.manifest(), directory, rooms.nodes(), rooms.credentials());
    report.steps().add(start.sentence());
    report.steps().add("start it on loopback, wait until it streams, and leave it running");
  }

  @Override
  public void prepare(DirectoryRestore restore) {
    restore.follows(start.settings());
  }

  @Override
  public void finish(Path data, Report report) {
    backup.attempt().requireHeld();
    DirectoryRestore.rest(data, start.prepare(data));
    backup.attempt().phase("STARTING", null);
    int port = LastingServer.start(rooms.programs(), backup.major(), data, target.port());
    report.details().put("port", Integer.toString(port));
    backup.attempt().phase("FOLLOWING", null);
    start.awaitStreaming(port, PATIENCE, backup.attempt());
    report.steps().add("streams from the primary; reads are answered on 127.0.0.1:" + port);
  }

  @Override
  public void close() {}
}
