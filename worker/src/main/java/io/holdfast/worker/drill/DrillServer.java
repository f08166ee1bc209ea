package io.holdfast.worker.drill;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.drill.DrillSpec;
import io.holdfast.model.manifest.Inventory;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.chain.BackupChain;
import io.holdfast.worker.chain.ChainExtraction;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.recovery.Reached;
import io.holdfast.worker.recovery.RecoveredServer;
import io.holdfast.worker.recovery.RecoveryPlan;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.restore.RestoreRooms;
import io.holdfast.worker.server.ThrowAwayServer;
import io.holdfast.worker.target.physical.DirectoryRestore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A backup brought back for proof, open for writing on a private socket. Closing stops it. */
final class DrillServer implements Closeable {
  private final ThrowAwayServer server;
  private final Reached reached;
  private final String sentence;
  private final Closeable running;

  private DrillServer(ThrowAwayServer server, Reached reached, String sentence, Closeable running) {
    this.server = server;
    this.reached = reached;
    this.sentence = sentence;
    this.running = running;
  }

  /** Proves the way, extracts, recovers, and opens what came of it. */
  static DrillServer restore(
      RestoreRooms rooms,
      Repository repository,
      BackupChain chain,
      DrillSpec drill,
      Path folder,
      Inventory recorded)
      throws IOException {
    Attempt attempt = chain.asked().attempt();
    Path data = folder.resolve("data");
    if (drill.target() instanceof RecoveryTarget.Standby) {
      throw new JobFailure(
          ErrorCode.INVALID_SELECTION,
          "a drill has an end, a standby has none",
          "Choose another recovery target.");
    }
    if (chain.asked().manifest().wal() == null) {
      throw new JobFailure(
          ErrorCode.INVALID_SELECTION,
          "backup " + chain.asked().manifest().backupId() + " is a logical one",
          "Drill with a physical backup, or verify this one with level RESTORE.");
    }
    Path unused = rooms.programs().server("postgres", chain.asked().major());
    ChainExtraction.requireProgram(chain, rooms.programs());
    if (drill.target() instanceof RecoveryTarget.EndOfBackup) {
      extract(rooms, chain, folder, false);
      attempt.phase("STARTING", null);
      ThrowAwayServer server =
          ThrowAwayServer.start(
              rooms.programs(), chain.asked().major(), data, recorded.superuser(), attempt);
      return new DrillServer(server, null, "The backup came back with its own WAL.", server);
    }
    try (RecoveryPlan plan =
        RecoveryPlan.prove(
            rooms.recovery(),
            repository,
            chain.asked().manifest(),
            drill.target(),
            drill.timeline(),
            rooms.coverage(chain.asked().manifest().cluster()),
            attempt)) {
      extract(rooms, chain, folder, true);
      return opened(
          plan, plan.recover(chain.asked().major(), data, recorded.superuser(), attempt), attempt);
    }
  }

  private static DrillServer opened(RecoveryPlan plan, RecoveredServer recovered, Attempt attempt)
      throws IOException {
    try {
      int timeline = recovered.promote(attempt);
      return new DrillServer(
          recovered.server(),
          recovered.reached(),
          "It could "
              + plan.sentence()
              + "; it reached "
              + recovered.reached().lsn()
              + " and went on on timeline "
              + timeline
              + ".",
          recovered);
    } catch (RuntimeException e) {
      recovered.close();
      throw e;
    }
  }

  private static void extract(RestoreRooms rooms, BackupChain chain, Path folder, boolean recovers)
      throws IOException {
    Manifest manifest = chain.asked().manifest();
    Map<String, String> spaces =
        manifest.tablespaces().stream()
            .collect(
                Collectors.toMap(
                    Manifest.Tablespace::location,
                    space -> folder.resolve("tablespace-" + space.oid()).toString()));
    try (DirectoryRestore restore =
        DirectoryRestore.check(
            folder.resolve("data"),
            manifest.tablespaces(),
            spaces,
            path -> path.startsWith(folder),
            "drill")) {
      if (recovers) {
        restore.recovers();
      }
      int unused = ChainExtraction.run(chain, restore, rooms.programs(), () -> {});
    }
  }

  ThrowAwayServer server() {
    return server;
  }

  /** Empty when it went no further than the backup. */
  Optional<Reached> reached() {
    return Optional.ofNullable(reached);
  }

  String sentence() {
    return sentence;
  }

  @Override
  public void close() throws IOException {
    running.close();
  }
}
