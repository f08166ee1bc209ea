package io.holdfast.worker.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/** One gzip member. */
final class GzipEncoder extends Encoder {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final LevelledGzip gzip;

  GzipEncoder(OutputStream target, int level) throws IOException {
    this.gzip = new LevelledGzip(target, level);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    gzip.write(bytes, offset, length);
  }

  @Override
  public void finish() throws IOException {
    gzip.finish();
  }

  @Override
  public void close() {
    gzip.free();
  }

  /** The JDK's stream with what it keeps from us: the level, and an end without a trailer. */
  private static final class LevelledGzip extends GZIPOutputStream {
    LevelledGzip(OutputStream target, int level) throws IOException {
      super(target, BUFFER_BYTES);
      def.setLevel(level);
    }

    void free() {
      def.end();
    }
  }
}
