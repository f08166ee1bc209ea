package io.holdfast.worker.codec;

import io.holdfast.model.CompressionSpec;
import java.io.IOException;
import java.io.OutputStream;

/** The encoder for a compression. Every one writes what the standard tool of its codec reads. */
public final class Encoders {
  private Encoders() {}

  /**
   * @param target not closed by the encoder; given large chunks
   */
  public static Encoder open(CompressionSpec compression, OutputStream target) throws IOException {
    return switch (compression.codec()) {
      case ZSTD ->
          new ZstdEncoder(target, compression.levelOrDefault(), compression.workersOrDefault());
      case GZIP -> new GzipEncoder(target, compression.levelOrDefault());
      case LZ4 -> new Lz4Encoder(target, compression.levelOrDefault());
      case NONE -> new PlainEncoder(target);
    };
  }
}
