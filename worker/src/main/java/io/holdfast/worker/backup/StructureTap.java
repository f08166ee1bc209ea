package io.holdfast.worker.backup;

import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.worker.dump.CustomDump;
import io.holdfast.worker.dump.DumpContents;
import io.holdfast.worker.dump.DumpStructure;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.transfer.BytePipe;
import io.holdfast.worker.transfer.Tap;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Parses a dump to its end while it is on its way, so that its structure costs no second read. The
 * verdict is asked for after the source has completed: a dump that was cut off because pg_dump died
 * should be told as what it is.
 */
final class StructureTap implements Tap, AutoCloseable {
  private static final int PIPE_BYTES = 1024 * 1024;

  private final BytePipe pipe = new BytePipe(PIPE_BYTES);
  private final InputStream in = pipe.reader();
  private final CompletableFuture<List<ContentEntry>> verdict = new CompletableFuture<>();
  private boolean broken;

  private StructureTap() {}

  static StructureTap start(DumpStructure structure, Artifact.Kind kind) {
    StructureTap tap = new StructureTap();
    Thread unused =
        Thread.ofPlatform().daemon().name("structure").start(() -> tap.parse(structure, kind));
    return tap;
  }

  private void parse(DumpStructure structure, Artifact.Kind kind) {
    try (in) {
      if (kind == Artifact.Kind.DUMP_CUSTOM) {
        verdict.complete(DumpContents.of(CustomDump.check(in)));
      } else {
        structure.check(kind, in);
        verdict.complete(List.of());
      }
    } catch (IOException | RuntimeException | Error e) {
      verdict.completeExceptionally(e);
    }
  }

  @Override
  public void bytes(byte[] buffer, int offset, int length) {
    if (broken) {
      return;
    }
    try {
      pipe.write(buffer, offset, length);
    } catch (IOException parserGone) {
      // It has its verdict already; the dump goes on, because its own end says more.
      broken = true;
    }
  }

  @Override
  public void end() {
    close();
  }

  /**
   * What the dump holds; empty unless it is a custom one.
   *
   * @throws JobFailure when it cannot be parsed to its end
   */
  List<ContentEntry> verdict() {
    try {
      return verdict.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof JobFailure failure) {
        throw failure;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    pipe.closeWriter();
  }
}
