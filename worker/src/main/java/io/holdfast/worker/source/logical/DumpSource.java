package io.holdfast.worker.source.logical;

import io.holdfast.model.backup.Content;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.backup.LogicalSourceSpec.DumpFormat;
import io.holdfast.worker.dump.DumpToc;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.source.Source;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A dump of one database in its session's snapshot, streamed: custom format (uncompressed, because
 * the worker's codec does it better and in parallel) or plain SQL, which begins with what belongs
 * to the database itself.
 */
public final class DumpSource implements Source {
  private final byte[] head;
  private final ClientSource client;

  private DumpSource(byte[] head, ClientSource client) {
    this.head = head;
    this.client = client;
  }

  /** Starts a dump in custom format. The session must stay open until it has completed. */
  public static DumpSource custom(PgTools tools, LogicalSession session, LogicalSourceSpec spec) {
    return start(tools, session, spec, new byte[0], List.of("--format=custom", "--compress=0"));
  }

  /**
   * Starts a dump as plain SQL. The session must stay open until it has completed.
   *
   * @param schema see {@link #schema}
   */
  public static DumpSource plain(
      PgTools tools, LogicalSession session, LogicalSourceSpec spec, DumpToc schema) {
    return start(tools, session, spec, PlainHead.of(schema, spec), List.of("--format=plain"));
  }

  private static DumpSource start(
      PgTools tools,
      LogicalSession session,
      LogicalSourceSpec spec,
      byte[] head,
      List<String> format) {
    ChildCommand command =
        ChildCommand.of(tools.client("pg_dump", session.version().major()))
            .with(format)
            .with(DumpArguments.of(spec, session.snapshotId(), session.description().encoding()));
    return new DumpSource(
        head, new ClientSource(command, session.server(), session.description().name()));
  }

  /**
   * The table of contents of a schema-only dump of this selection in the same snapshot: the way to
   * the contents of a plain dump, which has no table of its own.
   */
  public static DumpToc schema(PgTools tools, LogicalSession session, LogicalSourceSpec spec) {
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
    try (DumpSource source = custom(tools, session, schema)) {
      byte[] archive = source.stream().readAllBytes();
      source.complete(); // first: it knows why the bytes ended early
      return DumpToc.read(new ByteArrayInputStream(archive));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public InputStream stream() {
    return new SequenceInputStream(new ByteArrayInputStream(head), client.stream());
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
