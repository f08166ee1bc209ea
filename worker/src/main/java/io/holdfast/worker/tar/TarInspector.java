package io.holdfast.worker.tar;

import io.holdfast.worker.transfer.Tap;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Notes name, size and CRC-32C of every file in one tar stream, as its bytes pass. */
public final class TarInspector implements Tap {
  private static final int WAL_HEAD_BYTES = 40;

  private final String root;
  private final FilesSeen seen;
  private final byte[] block = new byte[TarHeader.BLOCK_BYTES];
  private int blockFilled;
  private TarHeader file;
  private long fileLeft;
  private long paddingLeft;
  private final CRC32C crc = new CRC32C();
  private byte[] head;
  private int headFilled;
  private boolean ended;

  private TarInspector(String root, FilesSeen seen) {
    this.root = root;
    this.seen = seen;
  }

  /** Of {@code base.tar}, whose paths are those of the data directory. */
  public static TarInspector ofBase(FilesSeen seen) {
    return new TarInspector("", seen);
  }

  /** Of a tablespace's tar, whose paths lie below {@code pg_tblspc/<oid>}. */
  public static TarInspector ofTablespace(long oid, FilesSeen seen) {
    return new TarInspector("pg_tblspc/" + oid + "/", seen);
  }

  @Override
  public void bytes(byte[] buffer, int offset, int length) {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      if (fileLeft > 0) {
        int n = (int) Math.min(fileLeft, end - at);
        crc.update(buffer, at, n);
        keepHead(buffer, at, n);
        fileLeft -= n;
        at += n;
        if (fileLeft == 0) {
          fileEnded();
        }
      } else if (paddingLeft > 0) {
        int n = (int) Math.min(paddingLeft, end - at);
        paddingLeft -= n;
        at += n;
      } else {
        int n = Math.min(TarHeader.BLOCK_BYTES - blockFilled, end - at);
        System.arraycopy(buffer, at, block, blockFilled, n);
        blockFilled += n;
        at += n;
        if (blockFilled == TarHeader.BLOCK_BYTES) {
          blockFilled = 0;
          header();
        }
      }
    }
  }

  private void header() {
    TarHeader next = TarHeader.parse(block);
    if (next == null) {
      ended = true;
      return;
    }
    if (ended) {
      throw TarHeader.damaged("an entry after its end");
    }
    if (next.type() != '0') {
      return;
    }
    file = next;
    fileLeft = next.size();
    paddingLeft = -next.size() & (TarHeader.BLOCK_BYTES - 1);
    crc.reset();
    headFilled = 0;
    head = next.name().startsWith("pg_wal/") ? new byte[WAL_HEAD_BYTES] : null;
    if (fileLeft == 0) {
      fileEnded();
    }
  }

  private void keepHead(byte[] buffer, int at, int length) {
    if (head != null && headFilled < head.length) {
      int n = Math.min(head.length - headFilled, length);
      System.arraycopy(buffer, at, head, headFilled, n);
      headFilled += n;
    }
  }

  private void fileEnded() {
    byte[] kept = head == null ? null : Arrays.copyOf(head, headFilled);
    seen.add(root + file.name(), new FilesSeen.Seen(file.size(), (int) crc.getValue(), kept));
  }

  /**
   * PostgreSQL ends an archive with blocks of zeros; some servers leave them out of tablespaces.
   */
  @Override
  public void end() {
    if (fileLeft > 0 || paddingLeft > 0 || blockFilled > 0) {
      throw TarHeader.damaged("an end in the middle of an entry");
    }
  }
}
