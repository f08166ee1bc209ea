package io.holdfast.worker.backup;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.model.manifest.Inventory;
import io.holdfast.model.manifest.Inventory.DatabaseInventory;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.dump.DumpContents;
import io.holdfast.worker.dump.DumpStructure;
import io.holdfast.worker.dump.DumpToc;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.source.Source;
import io.holdfast.worker.source.logical.DatabaseResolver;
import io.holdfast.worker.source.logical.DirectoryDumpSource;
import io.holdfast.worker.source.logical.DumpSource;
import io.holdfast.worker.source.logical.GlobalsSource;
import io.holdfast.worker.source.logical.InventoryReader;
import io.holdfast.worker.source.logical.LogicalSession;
import io.holdfast.worker.transfer.TransferSummary;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Globals and a dump per database. When a standby cancels a dump because of a recovery conflict,
 * that node is left out and the database is dumped again from another one.
 */
final class LogicalBackup implements Method {
  private final BackupRooms rooms;
  private final LogicalSourceSpec spec;
  private final Set<String> excluded = new HashSet<>();
  private final List<Artifact> artifacts = new ArrayList<>();
  private final List<Manifest.Database> databases = new ArrayList<>();
  private final List<DatabaseInventory> inventory = new ArrayList<>();
  private final Map<String, List<ContentEntry>> contents = new LinkedHashMap<>();
  private ChosenNode node;

  LogicalBackup(BackupRooms rooms, LogicalSourceSpec spec) {
    this.rooms = rooms;
    this.spec = spec;
  }

  @Override
  public String name() {
    return "LOGICAL";
  }

  @Override
  public Taken take(Run run) {
    run.attempt().phase("SELECTING", null);
    ClusterSpec cluster = run.spec().cluster();
    node = ChosenNode.choose(rooms, cluster, excluded, run.attempt());
    List<String> names =
        elsewhere(
            run,
            () ->
                new DatabaseResolver(rooms.connections())
                    .resolve(node.server(), cluster.maintenanceDatabase(), spec));
    run.attempt().phase("DUMPING globals", null);
    artifacts.add(elsewhere(run, () -> globals(run, cluster)));
    for (int i = 0; i < names.size(); i++) {
      String database = names.get(i);
      int number = i + 1;
      run.attempt().phase("DUMPING " + database, null);
      artifacts.add(elsewhere(run, () -> dump(run, number, database)));
    }
    artifacts.add(storeInventory(run, cluster));
    return new Taken(
        node,
        null,
        true,
        databases,
        List.of(),
        artifacts,
        contents,
        ToolVersions.of(rooms.programs(), node.major(), "pg_dump", "pg_dumpall"),
        null);
  }

  /** Runs a step, again on another node for as long as recovery conflicts are what ends it. */
  private <T> T elsewhere(Run run, Supplier<T> step) {
    while (true) {
      try {
        return step.get();
      } catch (JobFailure conflict) {
        if (conflict.code() != ErrorCode.RECOVERY_CONFLICT) {
          throw conflict;
        }
        run.attempt()
            .note(
                "RECOVERY_CONFLICT",
                "standby '"
                    + node.node().name()
                    + "' cancelled the dump because it had to replay changes that the dump's"
                    + " snapshot still needed; it is dumped again from another node");
        excluded.add(node.node().name());
        try {
          node = ChosenNode.choose(rooms, run.spec().cluster(), excluded, run.attempt());
        } catch (JobFailure none) {
          conflict.addSuppressed(none);
          throw conflict;
        }
      }
    }
  }

  private Artifact globals(Run run, ClusterSpec cluster) {
    String key = run.layout().globals(run.id(), run.compression().codec());
    try (Source source =
            GlobalsSource.start(
                rooms.programs(),
                rooms.connections(),
                node.server(),
                cluster.maintenanceDatabase(),
                run.attempt());
        StructureTap structure =
            StructureTap.start(structure(node.major()), Artifact.Kind.GLOBALS)) {
      TransferSummary stored =
          run.transfer().store(source, key, run.compression(), 0, List.of(structure));
      List<ContentEntry> unused = structure.verdict();
      return run.artifact(Artifact.Kind.GLOBALS, null, null, stored);
    }
  }

  private Artifact dump(Run run, int number, String database) {
    try (LogicalSession session =
        LogicalSession.open(rooms.connections(), node.server(), database)) {
      Artifact.Kind kind = kind();
      boolean custom = kind == Artifact.Kind.DUMP_CUSTOM;
      DumpToc schema = custom ? null : DumpSource.schema(rooms.programs(), session, spec);
      try (Source source = source(session, schema);
          StructureTap structure = StructureTap.start(structure(session.version().major()), kind)) {
        TransferSummary stored =
            run.transfer()
                .store(
                    source, key(run, number, database), run.compression(), 0, List.of(structure));
        List<ContentEntry> parsed = structure.verdict();
        List<ContentEntry> held = custom ? parsed : DumpContents.of(schema);
        DatabaseInventory tables = InventoryReader.tables(session, spec.rowCounts(), run.attempt());
        databases.add(session.description());
        contents.put(database, held);
        inventory.add(DumpContents.retain(tables, held));
        return run.artifact(kind, database, null, stored);
      }
    }
  }

  private Source source(LogicalSession session, DumpToc schema) {
    return switch (spec.format()) {
      case CUSTOM -> DumpSource.custom(rooms.programs(), session, spec);
      case PLAIN -> DumpSource.plain(rooms.programs(), session, spec, schema);
      case DIRECTORY -> DirectoryDumpSource.start(rooms.programs(), session, spec, rooms.scratch());
    };
  }

  private Artifact.Kind kind() {
    return switch (spec.format()) {
      case CUSTOM -> Artifact.Kind.DUMP_CUSTOM;
      case PLAIN -> Artifact.Kind.DUMP_PLAIN;
      case DIRECTORY -> Artifact.Kind.DUMP_DIRECTORY;
    };
  }

  private String key(Run run, int number, String database) {
    var codec = run.compression().codec();
    return switch (spec.format()) {
      case CUSTOM -> run.layout().customDump(run.id(), number, database, codec);
      case DIRECTORY -> run.layout().directoryDump(run.id(), number, database, codec);
      case PLAIN ->
          run.layout()
              .plainDump(run.id(), number, database, part(), rooms.clock().instant(), codec);
    };
  }

  private String part() {
    return switch (spec.content()) {
      case ALL -> "full";
      case SCHEMA_ONLY -> "schema";
      case DATA_ONLY -> "data";
    };
  }

  private DumpStructure structure(int major) {
    return new DumpStructure(rooms.programs().client("pg_restore", major), rooms.scratch());
  }

  private Artifact storeInventory(Run run, ClusterSpec cluster) {
    List<String> roles =
        elsewhere(
            run,
            () -> {
              try (LogicalSession session =
                  LogicalSession.open(
                      rooms.connections(), node.server(), cluster.maintenanceDatabase())) {
                return InventoryReader.roles(session);
              }
            });
    boolean exact = spec.rowCounts() == LogicalSourceSpec.RowCounts.EXACT;
    TransferSummary stored =
        run.transfer()
            .store(
                Wire.document(new Inventory(exact, roles, inventory)),
                run.layout().inventory(run.id(), run.compression().codec()),
                run.compression());
    return run.artifact(Artifact.Kind.INVENTORY, null, null, stored);
  }
}
