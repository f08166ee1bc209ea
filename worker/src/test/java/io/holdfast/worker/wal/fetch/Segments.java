package io.holdfast.worker.wal.fetch;

import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.wal.WalLayout;

/** Segments of 1 MiB for tests elsewhere. */
public final class Segments {
  public static final WalLayout LAYOUT = WrittenSegment.LAYOUT;

  private Segments() {}

  public static WalFileName name(long number) {
    return WalFileName.segment(1, number, WrittenSegment.SIZE);
  }

  /** With a right header, filled with one letter. */
  public static byte[] content(WalFileName file, char filling) {
    return WrittenSegment.content(file, WrittenSegment.SIZE.bytes(), filling);
  }
}
