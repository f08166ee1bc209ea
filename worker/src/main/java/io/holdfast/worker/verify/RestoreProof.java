package io.holdfast.worker.verify;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.Content;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Artifact.Kind;
import io.holdfast.model.manifest.Inventory;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.LogicalRestoreTarget.IfNotEmpty;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.chain.BackupChain;
import io.holdfast.worker.chain.ChainExtraction;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.server.InventoryComparison;
import io.holdfast.worker.server.ThrowAwayServer;
import io.holdfast.worker.stored.BaseArchives;
import io.holdfast.worker.stored.StoredBackup;
import io.holdfast.worker.stored.StoredDumps;
import io.holdfast.worker.target.logical.GlobalsRestore;
import io.holdfast.worker.target.logical.LogicalRestore;
import io.holdfast.worker.target.logical.RestoreRequest;
import io.holdfast.worker.target.logical.StoredDump;
import io.holdfast.worker.target.physical.DirectoryRestore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Restores into a throw-away server and compares what came back with what was recorded. */
final class RestoreProof {
  private static final String SUPERUSER = "postgres";
  private final VerifyRooms rooms;

  RestoreProof(VerifyRooms rooms) {
    this.rooms = rooms;
  }

  List<Finding> prove(BackupChain chain) {
    StoredBackup backup = chain.asked();
    Inventory recorded = Wire.read(new BaseArchives(backup).bytes(Kind.INVENTORY), Inventory.class);
    try (ProofFolder folder = ProofFolder.below(rooms.scratch())) {
      boolean physical = backup.manifest().wal() != null;
      if (physical) {
        extract(chain, folder.path());
      } else {
        ThrowAwayServer.initialize(rooms.programs(), backup.major(), data(folder.path()));
      }
      backup.attempt().phase("STARTING", null);
      long begun = System.nanoTime();
      try (ThrowAwayServer server =
          ThrowAwayServer.start(
              rooms.programs(),
              backup.major(),
              data(folder.path()),
              physical ? recorded.superuser() : SUPERUSER,
              backup.attempt())) {
        if (!physical) {
          load(backup, server, folder.path());
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        backup.attempt().phase("COMPARING", null);
        List<Finding> findings = new ArrayList<>();
        findings.add(
            new Finding(
                "restore",
                "OK",
                String.format(
                    java.util.Locale.ROOT,
                    "Restored into a throw-away PostgreSQL %d server, which answered after %.1f s.",
                    backup.major(),
                    seconds),
                null));
        findings.addAll(
            InventoryComparison.compare(
                recorded, "template1", database -> server.connect(database)));
        return findings;
      }
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.NO_SPACE,
          "the worker's scratch directory failed: " + e.getMessage(),
          "Look at its space and permissions.",
          e);
    }
  }

  private static Path data(Path folder) {
    return folder.resolve("data");
  }

  private void extract(BackupChain chain, Path folder) throws IOException {
    StoredBackup backup = chain.asked();
    Map<String, String> spaces =
        backup.manifest().tablespaces().stream()
            .collect(
                Collectors.toMap(
                    Manifest.Tablespace::location,
                    space -> folder.resolve("tablespace-" + space.oid()).toString()));
    try (DirectoryRestore restore =
        DirectoryRestore.check(
            data(folder),
            backup.manifest().tablespaces(),
            spaces,
            path -> path.startsWith(folder),
            "proof")) {
      int unused = ChainExtraction.run(chain, restore, rooms.programs(), () -> {});
    }
  }

  private void load(StoredBackup backup, ThrowAwayServer server, Path scratch) throws IOException {
    Connections connections = Connections.patient();
    for (Artifact globals : backup.artifacts(Kind.GLOBALS)) {
      byte[] sql;
      try (InputStream plain = backup.open(globals)) {
        sql = plain.readAllBytes();
      }
      List<String> unused =
          new GlobalsRestore(connections)
              .createMissingRoles(
                  server.asServer(), SUPERUSER, new ByteArrayInputStream(sql), false);
      ProofTablespaces.create(ProofTablespaces.named(sql), server, scratch);
    }
    LogicalRestore restore = new LogicalRestore(connections, rooms.programs(), scratch);
    for (StoredDump dump : StoredDumps.of(backup)) {
      backup.attempt().phase("RESTORING " + dump.database().name(), null);
      List<String> unused =
          restore.restore(
              server.asServer(),
              SUPERUSER,
              dump,
              new RestoreRequest(
                  dump.database().name(),
                  List.of(),
                  List.of(),
                  Content.ALL,
                  IfNotEmpty.REFUSE,
                  1,
                  false),
              backup.attempt());
    }
  }
}
