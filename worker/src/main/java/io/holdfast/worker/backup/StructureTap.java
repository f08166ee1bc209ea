package io.holdfast.worker.backup;

import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.worker.dump.DumpContents;
import io.holdfast.worker.dump.DumpStructure;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.transfer.BytePipe;
import io.holdfast.worker.transfer.Tap;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
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

  /**
   * @param listContents whether {@link #verdict} tells what the dump holds; custom dumps only
   */
  static StructureTap start(DumpStructure structure, Artifact.Kind kind, boolean listContents) {
    StructureTap tap = new StructureTap();
    Thread unused =
        Thread.ofPlatform()
            .daemon()
            .name("structure")
            .start(() -> tap.parse(structure, kind, listContents));
    return tap;
  }

  private void parse(DumpStructure structure, Artifact.Kind kind, boolean listContents) {
    try (in) {
      List<ContentEntry> contents = List.of();
      InputStream all = in;
      if (listContents) {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        contents = DumpContents.read(new Copying(in, head));
        all = new SequenceInputStream(new ByteArrayInputStream(head.toByteArray()), in);
      }
      structure.check(kind, all);
      verdict.complete(contents);
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
   * What the dump holds.
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

  /** Keeps what is read. */
  private static final class Copying extends FilterInputStream {
    private final ByteArrayOutputStream copy;

    private Copying(InputStream in, ByteArrayOutputStream copy) {
      super(in);
      this.copy = copy;
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      if (b >= 0) {
        copy.write(b);
      }
      return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = in.read(buffer, offset, length);
      if (n > 0) {
        copy.write(buffer, offset, n);
      }
      return n;
    }

    /** What is skipped is part of the dump all the same. */
    @Override
    public long skip(long count) throws IOException {
      return readNBytes((int) Math.min(count, PIPE_BYTES)).length;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
