package io.holdfast.worker.source.logical;

import io.holdfast.model.backup.Content;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.backup.LogicalSourceSpec.DumpFormat;
import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.worker.dump.DumpContents;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.source.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * A dump of one database in its session's snapshot, streamed: custom format (uncompressed, because
 * the worker's codec does it better and in parallel) or plain SQL.
 */
public final class DumpSource implements Source {
  private final ClientSource client;

  private DumpSource(ClientSource client) {
    this.client = client;
  }

  /**
   * Starts pg_dump. The session must stay open until {@link #complete} has returned.
   *
   * @param spec of format CUSTOM or PLAIN
   */
  public static DumpSource start(PgTools tools, LogicalSession session, LogicalSourceSpec spec) {
    Path pgDump = tools.client("pg_dump", session.version().major());
    ChildCommand command =
        switch (spec.format()) {
          case CUSTOM -> ChildCommand.of(pgDump, "--format=custom", "--compress=0");
          case PLAIN -> ChildCommand.of(pgDump, "--format=plain");
          case DIRECTORY ->
              throw new IllegalArgumentException("a directory dump needs a scratch folder");
        };
    command =
        command.with(
            DumpArguments.of(spec, session.snapshotId(), session.description().encoding()));
    return new DumpSource(
        new ClientSource(command, session.server(), session.description().name()));
  }

  /**
   * What a dump of this selection holds, from the table of contents of a schema-only one in the
   * same snapshot: the way to the contents of a plain dump, which has no table of its own.
   */
  public static List<ContentEntry> contents(
      PgTools tools, LogicalSession session, LogicalSourceSpec spec) {
    LogicalSourceSpec schema =
        new LogicalSourceSpec(
            DumpFormat.CUSTOM,
            spec.include(),
            spec.exclude(),
            spec.schemas(),
            spec.excludeSchemas(),
            spec.tables(),
            spec.excludeTables(),
            Content.SCHEMA_ONLY,
            1,
            spec.rowCounts());
    try (DumpSource source = start(tools, session, schema)) {
      InputStream stream = source.stream();
      byte[] archive = stream.readAllBytes();
      source.complete();
      return DumpContents.read(new java.io.ByteArrayInputStream(archive));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public InputStream stream() {
    return client.stream();
  }

  @Override
  public void complete() {
    client.complete();
  }

  @Override
  public void close() {
    client.close();
  }
}
