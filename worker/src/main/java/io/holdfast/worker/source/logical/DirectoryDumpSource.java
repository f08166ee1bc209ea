package io.holdfast.worker.source.logical;

import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.worker.dump.DumpFolder;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.source.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Path;

/**
 * A parallel dump in directory format, streamed as a tar. The one source that stages: pg_dump
 * writes its files side by side, into a scratch folder that {@link #close} removes.
 */
public final class DirectoryDumpSource implements Source {
  private final DumpFolder folder;
  private final ClientSource client;
  private volatile Throwable packingFailed;
  private volatile boolean packed;
  private PipedInputStream pipe;

  private DirectoryDumpSource(DumpFolder folder, ClientSource client) {
    this.folder = folder;
    this.client = client;
  }

  /**
   * Starts pg_dump with {@code spec.jobs()} connections.
   *
   * @param scratch where the folder is made; needs room for the uncompressed dump
   */
  public static DirectoryDumpSource start(
      PgTools tools, LogicalSession session, LogicalSourceSpec spec, Path scratch) {
    Path pgDump = tools.client("pg_dump", session.version().major());
    DumpFolder folder = DumpFolder.create(scratch);
    try {
      ChildCommand command =
          ChildCommand.of(pgDump, "--format=directory", "--compress=0", "--jobs=" + spec.jobs())
              .with("--file=" + folder.path())
              .with(DumpArguments.of(spec, session.snapshotId(), session.description().encoding()));
      return new DirectoryDumpSource(
          folder, new ClientSource(command, session.server(), session.description().name()));
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /** Waits for pg_dump, then streams what it wrote. */
  @Override
  public InputStream stream() throws IOException {
    client.stream().transferTo(OutputStream.nullOutputStream());
    client.complete();
    pipe = new PipedInputStream(256 * 1024);
    PipedOutputStream out = new PipedOutputStream(pipe);
    Thread.ofPlatform().daemon().name("dump-tar").start(() -> pack(out));
    return pipe;
  }

  private void pack(PipedOutputStream out) {
    try (out) {
      folder.pack(out);
      packed = true;
    } catch (IOException | RuntimeException e) {
      packingFailed = e;
    }
  }

  @Override
  public void complete() {
    client.complete();
    if (!packed) {
      throw new io.holdfast.worker.failure.JobFailure(
          io.holdfast.model.ErrorCode.SOURCE_FAILED,
          "the directory dump could not be packed to its end",
          "check the worker's scratch directory",
          packingFailed);
    }
  }

  @Override
  public void close() {
    try {
      if (pipe != null) {
        pipe.close(); // the packing thread, if it still runs, ends at its next write
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } finally {
      try {
        client.close();
      } finally {
        folder.close();
      }
    }
  }
}
