package io.holdfast.worker.codec;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import net.jpountz.xxhash.XXHashFactory;

/** One LZ4 frame of independent blocks with a checksum of its content. */
final class Lz4Encoder extends Encoder {
  private final LZ4FrameOutputStream frame;

  /**
   * @param level 0 is the fast compressor, 1 to 17 the slow ones
   */
  Lz4Encoder(OutputStream target, int level) throws IOException {
    LZ4Factory factory = LZ4Factory.fastestInstance();
    LZ4Compressor compressor =
        level <= 0 ? factory.fastCompressor() : factory.highCompressor(level);
    this.frame =
        new LZ4FrameOutputStream(
            new Uncloseable(target),
            BLOCKSIZE.SIZE_4MB,
            -1L,
            compressor,
            XXHashFactory.fastestInstance().hash32(),
            FLG.Bits.BLOCK_INDEPENDENCE,
            FLG.Bits.CONTENT_CHECKSUM);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    frame.write(bytes, offset, length);
  }

  @Override
  public void finish() throws IOException {
    frame.close();
  }

  @Override
  public void close() {
    // Holds heap memory only; closing the frame would write its end.
  }

  private static final class Uncloseable extends FilterOutputStream {
    Uncloseable(OutputStream target) {
      super(target);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
