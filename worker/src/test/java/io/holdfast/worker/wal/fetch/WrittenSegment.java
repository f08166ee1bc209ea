package io.holdfast.worker.wal.fetch;

import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.encryption.Seal;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Segments of 1 MiB with a right header, filled with one letter. */
final class WrittenSegment {
  static final SegmentSize SIZE = new SegmentSize(1 << 20);
  static final WalLayout LAYOUT = new WalLayout("orders", "7");

  private WrittenSegment() {}

  static WalObject.Encoded whole(WalFileName file, char filling) throws IOException {
    return of(file, SIZE.bytes(), filling);
  }

  static WalObject.Encoded of(WalFileName file, int bytes, char filling) throws IOException {
    byte[] content = content(file, bytes, filling);
    return WalObject.encode(
        LAYOUT, file, new ByteArrayInputStream(content), bytes, 3, LAYOUT.key(file), Seal.none());
  }

  static byte[] content(WalFileName file, int bytes, char filling) {
    byte[] content = new byte[bytes];
    Arrays.fill(content, (byte) filling);
    ByteBuffer.wrap(content)
        .order(ByteOrder.nativeOrder())
        .putShort(0, (short) 0xD110)
        .putShort(2, (short) 2)
        .putInt(4, file.timeline())
        .putLong(8, SIZE.start(file.number(SIZE)).address())
        .putLong(24, 7)
        .putInt(32, SIZE.bytes())
        .putInt(36, 8192);
    return content;
  }
}
