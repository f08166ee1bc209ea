package io.holdfast.worker.codec;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.holdfast.model.Codec;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * The decoder for a codec. Each throws {@link IOException} on damage and on a stream that ends
 * before its own end; {@link Codec#NONE} has no end of its own, so only a digest can tell.
 */
public final class Decoders {
  private static final int BUFFER_BYTES = 256 * 1024;

  private Decoders() {}

  /**
   * Several frames or members after each other are read as one stream, as the standard tools do.
   *
   * @param stored closed with the decoder
   */
  public static InputStream open(Codec codec, InputStream stored) throws IOException {
    return switch (codec) {
      case ZSTD -> new ZstdInputStreamNoFinalizer(notEmpty(stored));
      case GZIP ->
          GzipCompressorInputStream.builder()
              .setInputStream(notEmpty(stored))
              .setDecompressConcatenated(true)
              .setBufferSize(BUFFER_BYTES)
              .get();
      case LZ4 -> Lz4Decoder.open(notEmpty(stored));
      case NONE -> stored;
    };
  }

  /** No codec writes nothing at all, yet most decoders take nothing for an empty stream. */
  private static InputStream notEmpty(InputStream stored) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(stored, BUFFER_BYTES);
    buffered.mark(1);
    if (buffered.read() < 0) {
      throw new IOException("truncated: no byte at all");
    }
    buffered.reset();
    return buffered;
  }
}
