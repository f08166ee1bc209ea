package io.holdfast.worker.wal;

import io.holdfast.model.Lsn;
import io.holdfast.model.job.WalRange;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import java.util.Optional;

/** Whole segments of one timeline, and what of an archive belongs to them. */
public record WalStretch(WalRange range) {
  private SegmentSize size() {
    return new SegmentSize(range.segmentBytes());
  }

  /** The first and the last log id that it has segments of; what lies between them has some too. */
  public long firstLogId() {
    return size().number(range.from()) / size().perLogId();
  }

  public long lastLogId() {
    return size().numberBefore(range.to()) / size().perLogId();
  }

  /**
   * Whether a key is that of one of its segments, of a beginning of one, of what a base backup
   * noted in one, or of content that came under such a name and was put aside.
   */
  public boolean holds(String key) {
    return key.contains("/wal/" + range.systemIdentifier() + "/")
        && segment(key).filter(file -> file.timeline() == range.timeline()).isPresent()
        && number(key)
            .filter(
                number ->
                    number >= size().number(range.from())
                        && number <= size().numberBefore(range.to()))
            .isPresent();
  }

  /** Where the segment begins that a key belongs to; empty when it belongs to none. */
  public Optional<Lsn> begin(String key) {
    return number(key).map(number -> size().start(number));
  }

  private Optional<Long> number(String key) {
    return segment(key).filter(file -> file.fits(size())).map(file -> file.number(size()));
  }

  private static Optional<WalFileName> segment(String key) {
    return WalLayout.file(key)
        .or(() -> WalLayout.growing(key).map(WalLayout.Growing::segment))
        .or(() -> WalLayout.conflict(key))
        .filter(file -> file.kind() != WalFileName.Kind.HISTORY);
  }
}
