package io.holdfast.worker.restore;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.job.JobResult.Restored;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Artifact.Kind;
import io.holdfast.model.restore.LogicalRestoreTarget;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.stored.StoredBackup;
import io.holdfast.worker.stored.StoredDumps;
import io.holdfast.worker.target.logical.GlobalsRestore;
import io.holdfast.worker.target.logical.LogicalRestore;
import io.holdfast.worker.target.logical.RestoreRequest;
import io.holdfast.worker.target.logical.StoredDump;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Dumps into databases of a running server. */
final class LogicalInto {
  private final RestoreRooms rooms;
  private final StoredBackup backup;
  private final LogicalRestoreTarget target;
  private final PointOfNoReturn point;

  LogicalInto(
      RestoreRooms rooms, StoredBackup backup, LogicalRestoreTarget target, PointOfNoReturn point) {
    this.point = point;
    this.rooms = rooms;
    this.backup = backup;
    this.target = target;
  }

  Restored run(boolean dryRun) {
    List<StoredDump> dumps = wanted();
    checkDigests(dumps);
    NodeSpec node = node();
    Server server = Server.of(target.cluster(), node, rooms.credentials());
    List<String> steps = new ArrayList<>();
    LogicalRestore restore =
        new LogicalRestore(rooms.connections(), rooms.programs(), rooms.scratch());
    if (!target.globals()) {
      // A rehearsal of all before the first is done: the second refusal must not find half a set.
      rehearse(restore, server, dumps);
    }
    backup.attempt().requireHeld();
    if (!dryRun) {
      point.pass();
    }
    if (target.globals()) {
      steps.addAll(createRoles(server, dryRun));
      if (!dryRun) {
        rehearse(restore, server, dumps);
      }
    }
    for (StoredDump dump : dumps) {
      backup.attempt().phase("RESTORING " + dump.database().name(), null);
      backup.attempt().requireHeld();
      steps.addAll(one(restore, server, dump, dryRun));
    }
    return new Restored(
        backup.manifest().backupId(),
        dryRun,
        steps,
        Map.of("cluster", target.cluster().name(), "node", node.name()));
  }

  private List<StoredDump> wanted() {
    List<StoredDump> all = StoredDumps.of(backup);
    if (target.databases().isEmpty()) {
      return all;
    }
    List<String> names = all.stream().map(dump -> dump.database().name()).toList();
    for (String wanted : target.databases()) {
      if (!names.contains(wanted)) {
        throw new JobFailure(
            ErrorCode.INVALID_SELECTION,
            "the backup has no database \"" + wanted + "\"",
            "It has: " + String.join(", ", names));
      }
    }
    return all.stream()
        .filter(dump -> target.databases().contains(dump.database().name()))
        .toList();
  }

  private void checkDigests(List<StoredDump> dumps) {
    backup.attempt().phase("CHECKING", null);
    for (StoredDump dump : dumps) {
      backup.checksum(StoredDumps.artifact(backup, dump));
    }
    backup.artifacts(Kind.GLOBALS).forEach(backup::checksum);
  }

  private NodeSpec node() {
    ClusterSpec cluster = target.cluster();
    String wanted = target.node();
    if (wanted == null) {
      wanted =
          rooms.nodes().probe(cluster).nodes().stream()
              .filter(node -> node.role() == NodeRole.PRIMARY)
              .map(NodeObservation::node)
              .findFirst()
              .orElseThrow(
                  () ->
                      new JobFailure(
                          ErrorCode.NODE_UNREACHABLE,
                          "no primary of cluster '" + cluster.name() + "' answers",
                          "Start it, or name a node in 'targetNode'."));
    }
    String name = wanted;
    return cluster.nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new JobFailure(
                    ErrorCode.INVALID_SELECTION,
                    "cluster '" + cluster.name() + "' has no node '" + name + "'",
                    "Name one of its nodes in 'targetNode'."));
  }

  private List<String> createRoles(Server server, boolean dryRun) {
    List<String> steps = new ArrayList<>();
    for (Artifact globals : backup.artifacts(Kind.GLOBALS)) {
      try (InputStream plain = backup.open(globals)) {
        steps.addAll(
            new GlobalsRestore(rooms.connections())
                .createMissingRoles(server, target.cluster().maintenanceDatabase(), plain, dryRun));
      } catch (IOException e) {
        throw new JobFailure(
            ErrorCode.ARTIFACT_DAMAGED,
            "'" + globals.object() + "' cannot be read to its end",
            "Use another backup.",
            e);
      }
    }
    return steps;
  }

  private void rehearse(LogicalRestore restore, Server server, List<StoredDump> dumps) {
    for (StoredDump dump : dumps) {
      List<String> unused = one(restore, server, dump, true);
    }
  }

  private List<String> one(LogicalRestore restore, Server server, StoredDump dump, boolean dryRun) {
    String name =
        target.targetDatabase() == null ? dump.database().name() : target.targetDatabase();
    return restore.restore(
        server,
        target.cluster().maintenanceDatabase(),
        dump,
        new RestoreRequest(
            name,
            target.schemas(),
            target.tables(),
            target.content(),
            target.ifNotEmpty(),
            target.jobs(),
            dryRun),
        backup.attempt());
  }
}
