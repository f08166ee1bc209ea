package io.holdfast.worker.restore;

import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.manifest.Artifact.Kind;
import io.holdfast.model.manifest.Inventory;
import io.holdfast.model.restore.PhysicalRestoreTarget;
import io.holdfast.model.restore.PhysicalRestoreTarget.EndAction;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.recovery.RecoveredServer;
import io.holdfast.worker.recovery.RecoveryPlan;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.server.LastingServer;
import io.holdfast.worker.server.SurvivingTables;
import io.holdfast.worker.stored.BaseArchives;
import io.holdfast.worker.stored.StoredBackup;
import io.holdfast.worker.target.physical.DirectoryRestore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The copy recovers with archived WAL to a point that was proven before. */
final class AtTarget implements PhysicalEnding {
  private final RestoreRooms rooms;
  private final Repository repository;
  private final StoredBackup backup;
  private final PhysicalRestoreTarget target;
  private RecoveryPlan plan;

  AtTarget(
      RestoreRooms rooms,
      Repository repository,
      StoredBackup backup,
      PhysicalRestoreTarget target) {
    this.rooms = rooms;
    this.repository = repository;
    this.backup = backup;
    this.target = target;
  }

  @Override
  public void prove(Report report) {
    Path unused = rooms.programs().server("postgres", backup.major());
    plan =
        RecoveryPlan.prove(
            rooms.recovery(),
            repository,
            backup.manifest(),
            target.recoveryTarget(),
            target.timelineOrLatest(),
            rooms.coverage(backup.manifest().cluster()),
            backup.attempt());
    report.details().put("recoveryTarget", Wire.text(target.recoveryTarget()));
    report.steps().add(plan.sentence());
    report.steps().add("compare what it reached with what was asked, before it is opened");
    if (target.check()) {
      report.steps().add("look for every table that the backup recorded");
    }
    report
        .steps()
        .add(
            switch (target.endActionOrPromote()) {
              case PROMOTE -> "open it for writing on a timeline of its own";
              case PAUSE, SHUTDOWN ->
                  "stop it there, so that it comes back read-only at this point until somebody"
                      + " promotes it";
            });
    if (starts()) {
      report.steps().add("start it on loopback and leave it running");
    }
  }

  private boolean starts() {
    return target.start() && target.endActionOrPromote() != EndAction.SHUTDOWN;
  }

  @Override
  public void prepare(DirectoryRestore restore) {
    restore.recovers();
  }

  @Override
  public void finish(Path directory, Report report) throws IOException {
    Inventory recorded = Wire.read(new BaseArchives(backup).bytes(Kind.INVENTORY), Inventory.class);
    try (RecoveredServer server =
        plan.recover(backup.major(), directory, recorded.superuser(), backup.attempt())) {
      server.reached().into(report.details());
      report
          .steps()
          .add(
              "reached "
                  + server.reached().lsn()
                  + " on timeline "
                  + server.reached().timeline()
                  + (server.reached().time() == null
                      ? ""
                      : ", last transaction at " + server.reached().time()));
      if (target.check()) {
        backup.attempt().phase("CHECKING", null);
        SurvivingTables.look(recorded, database -> server.server().connect(database)).stream()
            .map(Finding::sentence)
            .forEach(report.steps()::add);
      }
      end(server, directory, report);
    }
    if (starts()) {
      backup.attempt().phase("STARTING", null);
      int port = LastingServer.start(rooms.programs(), backup.major(), directory, target.port());
      report.details().put("port", Integer.toString(port));
      report.steps().add("started on 127.0.0.1:" + port);
    }
  }

  private void end(RecoveredServer server, Path directory, Report report) {
    backup.attempt().requireHeld();
    switch (target.endActionOrPromote()) {
      case PROMOTE -> {
        int timeline = server.promote(backup.attempt());
        report.details().put("newTimeline", Integer.toString(timeline));
        report.steps().add("opened for writing on timeline " + timeline);
        server.shutDown();
      }
      case PAUSE, SHUTDOWN -> {
        List<String> settings = server.rest();
        DirectoryRestore.rest(directory, settings);
        report.steps().add("stopped there, with standby.signal and " + String.join("; ", settings));
      }
    }
  }

  @Override
  public void close() {
    if (plan != null) {
      plan.close();
    }
  }
}
