package io.holdfast.worker.target.logical;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.Content;
import io.holdfast.model.restore.LogicalRestoreTarget.IfNotEmpty;
import io.holdfast.worker.dump.DumpFolder;
import io.holdfast.worker.dump.DumpToc;
import io.holdfast.worker.dump.SqlStatements;
import io.holdfast.worker.dump.TocEntry;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.progress.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Restores one dump into a running server. A new database is built under a temporary name and
 * renamed when whole; into an existing one everything goes in one transaction. Either way a failure
 * leaves nothing half-restored behind.
 */
public final class LogicalRestore {
  private final Connections connections;
  private final PgTools tools;
  private final Path scratch;

  public LogicalRestore(Connections connections, PgTools tools, Path scratch) {
    this.connections = connections;
    this.tools = tools;
    this.scratch = scratch;
  }

  /**
   * @param maintenanceDatabase where to connect for creating databases and for the lock
   * @return what was done, or in a dry run would be done, in order
   * @throws JobFailure TARGET_NOT_EMPTY, TARGET_REFUSED, TARGET_LACKS or INVALID_SELECTION before
   *     anything is touched; RESTORE_FAILED later
   */
  public List<String> restore(
      Server server,
      String maintenanceDatabase,
      StoredDump dump,
      RestoreRequest request,
      Progress progress) {
    try (DumpFolder folder = DumpFolder.create(scratch);
        TargetServer target = TargetServer.open(connections, server, maintenanceDatabase)) {
      target.lock(request.database());
      boolean exists = databases(target).contains(request.database());
      boolean empty = !exists || !target.holdsUserObjects(request.database());
      refuse(request, exists, empty);
      DumpToc toc = toc(dump);
      RestorePlan plan = plan(target, dump, toc, request, exists, empty);
      if (request.dryRun()) {
        return plan.steps();
      }
      RestoreRun run =
          new RestoreRun(server, tools, target.major(), folder, dump, request, plan, progress);
      if (exists) {
        run.into(request.database(), true);
      } else {
        create(target, run);
      }
      return plan.steps();
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.RESTORE_FAILED, "the dump could not be read", "verify the backup", e);
    }
  }

  private static Set<Integer> every(DumpToc toc) {
    return toc.entries().stream().map(TocEntry::id).collect(Collectors.toSet());
  }

  private static Set<String> databases(TargetServer target) {
    return target.names("select datname from pg_database");
  }

  private static void refuse(RestoreRequest request, boolean exists, boolean empty) {
    if (request.content() == Content.DATA_ONLY && !exists) {
      throw new JobFailure(
          ErrorCode.TARGET_LACKS,
          "database \""
              + request.database()
              + "\" does not exist, and a restore of data only"
              + " needs its tables",
          "restore the schema first");
    }
    if (!empty
        && request.ifNotEmpty() == IfNotEmpty.REFUSE
        && request.content() != Content.DATA_ONLY) {
      throw new JobFailure(
          ErrorCode.TARGET_NOT_EMPTY,
          "database \"" + request.database() + "\" exists and holds user objects",
          "choose another target database, or ifNotEmpty ADD with tables that are missing there");
    }
  }

  private static DumpToc toc(StoredDump dump) throws IOException {
    return switch (dump.kind()) {
      case DUMP_CUSTOM -> {
        try (InputStream head = dump.bytes().open()) {
          yield DumpToc.read(head);
        }
      }
      case DUMP_DIRECTORY -> {
        try (InputStream tar = dump.bytes().open()) {
          yield DumpFolder.tableOfContents(tar);
        }
      }
      case DUMP_PLAIN -> null;
      case GLOBALS, BASE_TAR, TABLESPACE_TAR, BACKUP_MANIFEST, CONFIG_TAR, INVENTORY ->
          throw new IllegalArgumentException(dump.kind() + " is not a dump");
    };
  }

  private RestorePlan plan(
      TargetServer target,
      StoredDump dump,
      DumpToc toc,
      RestoreRequest request,
      boolean exists,
      boolean empty) {
    List<String> steps = new ArrayList<>();
    TocSelection selection = null;
    if (toc == null) {
      if (request.selective() || request.content() != Content.ALL) {
        throw new JobFailure(
            ErrorCode.INVALID_SELECTION,
            "a plain dump can only be restored whole",
            "take backups in format CUSTOM or DIRECTORY to restore parts of them");
      }
    } else if (request.selective()) {
      TocSelection.Existing existing =
          exists ? target.existing(request.database()) : Preflight.NOTHING;
      selection =
          TocSelection.of(toc, request.schemas(), request.tables(), !exists || empty, existing);
      if (request.content() != Content.DATA_ONLY) {
        Preflight.refuseExisting(selection.tables(), existing, request);
      }
    } else if (!empty && request.content() != Content.DATA_ONLY) {
      Preflight.refuseExisting(
          toc.entries().stream().filter(e -> e.type().equals("TABLE")).toList(),
          target.existing(request.database()),
          request);
    }
    DataOrder rows = null;
    if (request.content() == Content.DATA_ONLY) {
      rows = DataOrder.of(toc, selection == null ? every(toc) : Set.copyOf(selection.ids()));
      Preflight.requireFillable(target, toc, rows, request, steps);
    }
    boolean tablespaces = true;
    NewDatabase made = null;
    if (!exists) {
      Preflight.requireOwner(
          target, dump.database().owner(), DumpToc.charset(dump.database().encoding()));
      String temporary = SqlStatements.quote(TargetServer.temporaryName(request.database()));
      made =
          Preflight.placed(
              target, NewDatabase.of(dump.database(), toc, temporary, target.major()), steps);
    }
    if (toc != null) {
      tablespaces = Preflight.check(target, toc, selection, steps);
    }
    String into = "\"" + request.database() + "\"";
    steps.add(
        exists
            ? "restore into the existing database "
                + into
                + " in one transaction; its owner, settings, grants and comment stay as they are"
            : "create database "
                + into
                + " under a temporary name, encoding "
                + dump.database().encoding()
                + ", owner "
                + dump.database().owner());
    if (selection != null) {
      steps.add(
          "restore "
              + selection.ids().size()
              + " entries: "
              + selection.tables().stream()
                  .map(t -> t.schema() + "." + t.tag())
                  .collect(Collectors.joining(", ")));
      selection
          .skipped()
          .forEach(k -> steps.add("leave out foreign key " + k.tag() + ": its table is not there"));
    } else {
      steps.add("restore everything in the dump of \"" + dump.database().name() + "\"");
    }
    if (request.jobs() > 1 && (exists || toc == null)) {
      steps.add("use one job: " + (toc == null ? "plain SQL" : "one transaction") + " has no more");
    }
    if (!exists) {
      steps.add("rename it to " + into + " when it is whole");
    }
    return new RestorePlan(steps, selection, rows, tablespaces, made);
  }

  private static void create(TargetServer target, RestoreRun run) {
    String temporary = TargetServer.temporaryName(run.request().database());
    // We hold the lock, so a database of this name was left by a restore that was killed.
    target.dropIfExists(temporary);
    try {
      target.execute(run.plan().database().statement());
      run.into(temporary, false);
      // After the data: a setting such as default_transaction_read_only must not hinder it.
      target.executeIn(temporary, run.plan().database().later());
      target.execute(
          "alter database "
              + SqlStatements.quote(temporary)
              + " rename to "
              + SqlStatements.quote(run.request().database()));
    } catch (RuntimeException e) {
      try {
        target.dropIfExists(temporary);
      } catch (RuntimeException drop) {
        e.addSuppressed(drop);
      }
      throw e;
    }
  }
}
