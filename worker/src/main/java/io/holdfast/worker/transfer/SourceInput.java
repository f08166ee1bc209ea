package io.holdfast.worker.transfer;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.source.Source;
import java.io.IOException;
import java.io.InputStream;

/** A source's stream in full chunks, with a broken read told as what really happened. */
final class SourceInput {
  private final Source source;
  private final Progress progress;
  private final InputStream stream;

  SourceInput(Source source, Progress progress) {
    this.source = source;
    this.progress = progress;
    try {
      this.stream = source.stream();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Fills the chunk; less than all of it only at the end of the stream. */
  int read(byte[] chunk) {
    try {
      return stream.readNBytes(chunk, 0, chunk.length);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** A stop closes the source under the reader, and a dead child says best itself why it died. */
  private RuntimeException failure(IOException e) {
    try {
      progress.advanced(0);
      source.complete();
    } catch (RuntimeException better) {
      better.addSuppressed(e);
      return better;
    }
    return new JobFailure(
        ErrorCode.SOURCE_FAILED,
        "reading from the source broke: " + e.getMessage(),
        "Look at the log of the server and at the connection to it.",
        e);
  }
}
