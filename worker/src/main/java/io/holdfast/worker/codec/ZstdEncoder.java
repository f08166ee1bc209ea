package io.holdfast.worker.codec;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * One zstd frame with a checksum, compressed by native threads. Works on direct buffers: heap
 * arrays would be pinned while the native code waits for its threads, which stalls the garbage
 * collector.
 */
final class ZstdEncoder extends Encoder {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final OutputStream target;
  private final ZstdCompressCtx context = new ZstdCompressCtx();
  private final ByteBuffer plain = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final ByteBuffer compressed = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final byte[] chunk = new byte[BUFFER_BYTES];

  /**
   * @param workers 0 compresses in the calling thread
   */
  ZstdEncoder(OutputStream target, int level, int workers) {
    this.target = target;
    context.setLevel(level).setChecksum(true).setWorkers(workers);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int step = Math.min(plain.remaining(), length - done);
      plain.put(bytes, offset + done, step);
      done += step;
      if (!plain.hasRemaining()) {
        compress(EndDirective.CONTINUE);
      }
    }
  }

  @Override
  public void finish() throws IOException {
    compress(EndDirective.END);
  }

  private void compress(EndDirective directive) throws IOException {
    plain.flip();
    boolean done;
    do {
      done = context.compressDirectByteBufferStream(compressed, plain, directive);
      if (compressed.position() > 0) {
        drain();
      }
    } while (directive == EndDirective.END ? !done : plain.hasRemaining());
    plain.clear();
  }

  private void drain() throws IOException {
    compressed.flip();
    int length = compressed.remaining();
    compressed.get(chunk, 0, length);
    compressed.clear();
    target.write(chunk, 0, length);
  }

  @Override
  public void close() {
    context.close();
  }
}
