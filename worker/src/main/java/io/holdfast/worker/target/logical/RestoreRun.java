package io.holdfast.worker.target.logical;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.worker.dump.DumpFolder;
import io.holdfast.worker.dump.Feeder;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.LibpqEnvironment;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.process.ChildProcess;
import io.holdfast.worker.progress.Progress;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** One run of pg_restore or psql into a database that is known to be fit for it. */
record RestoreRun(
    Server server,
    PgTools tools,
    int serverMajor,
    DumpFolder folder,
    StoredDump dump,
    RestoreRequest request,
    RestorePlan plan,
    Progress progress) {

  /**
   * @param database reached through the environment, never by an argument
   * @param atomic in one transaction, which rules parallel jobs out
   */
  void into(String database, boolean atomic) {
    boolean plain = dump.kind() == Artifact.Kind.DUMP_PLAIN;
    boolean parallel = !plain && !atomic && request.jobs() > 1;
    ChildCommand command = plain ? psql(atomic) : pgRestore(atomic, parallel);
    try (LibpqEnvironment environment = LibpqEnvironment.open(server, database)) {
      if (dump.kind() == Artifact.Kind.DUMP_DIRECTORY) {
        try (InputStream tar = measured(staged())) {
          folder.unpack(tar);
        }
        run(command.with(folder.path().toString()), environment, InputStream.nullInputStream());
      } else if (parallel || (plan.rows() != null && !plan.rows().asStored())) {
        // Both jump about in the archive, which a stream cannot do.
        Path file;
        try (InputStream bytes = measured(staged())) {
          file = folder.keep("archive", bytes);
        }
        run(command.with(file.toString()), environment, InputStream.nullInputStream());
      } else {
        try (InputStream bytes = measured(dump.bytes().open())) {
          run(command, environment, bytes);
        }
      }
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.RESTORE_FAILED,
          "the dump could not be read to its end",
          "verify the backup",
          e);
    }
  }

  private InputStream staged() {
    folder.requireSpace(dump.plainBytes());
    return dump.bytes().open();
  }

  private ChildCommand psql(boolean existing) {
    ChildCommand command =
        ChildCommand.of(
            tools.client("psql", serverMajor),
            "--no-psqlrc",
            "--no-password",
            "--quiet",
            "--output=/dev/null",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            "--set=VERBOSITY=terse",
            "--file=-");
    // Read by the dump's head: an existing database keeps its own owner and settings.
    return existing ? command.with("--set=keep_database=1") : command;
  }

  private ChildCommand pgRestore(boolean atomic, boolean parallel) {
    ChildCommand command =
        ChildCommand.of(
            tools.client("pg_restore", serverMajor),
            // Nothing behind it: connect, to the database that PGDATABASE names.
            "--dbname=",
            "--no-password",
            "--exit-on-error");
    if (atomic) {
      command = command.with("--single-transaction");
    }
    if (parallel) {
      command = command.with("--jobs=" + request.jobs());
    }
    command =
        switch (request.content()) {
          case ALL -> command;
          case SCHEMA_ONLY -> command.with("--schema-only");
          case DATA_ONLY -> command.with("--data-only");
        };
    if (!plan.tablespaces()) {
      command = command.with("--no-tablespaces");
    }
    if (plan.rows() != null && plan.rows().circular()) {
      command = command.with("--disable-triggers");
    }
    if (plan.useList() != null) {
      Path list = folder.keep("holdfast.list", new ByteArrayInputStream(plan.useList()));
      command = command.with("--use-list=" + list);
    }
    return command.with(
        dump.kind() == Artifact.Kind.DUMP_DIRECTORY ? "--format=directory" : "--format=custom");
  }

  private void run(ChildCommand command, LibpqEnvironment environment, InputStream stdin)
      throws IOException {
    try (ChildProcess child = ChildProcess.start(command.withEnvironment(environment.variables()));
        var stop = progress.closeOnStop(child)) {
      Feeder.feed(child, stdin);
      child.awaitSuccess(
          (exit, complaint) ->
              new JobFailure(
                  ErrorCode.RESTORE_FAILED,
                  exit + " on node '" + server.name() + "': " + complaint,
                  "nothing was kept; see the server's log for the whole message"));
    }
  }

  private InputStream measured(InputStream bytes) {
    return new FilterInputStream(bytes) {
      @Override
      public int read(byte[] chunk, int offset, int length) throws IOException {
        int n = super.read(chunk, offset, length);
        if (n > 0) {
          progress.advanced(n);
        }
        return n;
      }
    };
  }
}
