package io.holdfast.worker.codec;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import net.jpountz.lz4.LZ4FrameInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;

/**
 * Reads both kinds of LZ4 frames: ours have independent blocks, for which there is a native
 * decoder; PostgreSQL's server-side lz4 links its blocks, which only a slower one reads.
 */
final class Lz4Decoder {
  private static final int HEADER_BYTES = 5;
  private static final int INDEPENDENT_BLOCKS = 0x20;

  private Lz4Decoder() {}

  /**
   * @param stored supports mark
   */
  static InputStream open(InputStream stored) throws IOException {
    stored.mark(HEADER_BYTES);
    byte[] header = stored.readNBytes(HEADER_BYTES);
    if (header.length < HEADER_BYTES) {
      throw new EOFException("truncated: no complete lz4 frame header");
    }
    stored.reset();
    return (header[4] & INDEPENDENT_BLOCKS) != 0
        ? new LZ4FrameInputStream(stored)
        : new FramedLZ4CompressorInputStream(stored, true);
  }
}
