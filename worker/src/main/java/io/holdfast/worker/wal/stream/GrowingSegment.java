package io.holdfast.worker.wal.stream;

import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.jboss.logging.Logger;

/**
 * What is stored of a segment that is not finished, so that little is lost with a server that never
 * finishes it. Each state is an object of its own; the one before goes when the next is there.
 */
final class GrowingSegment {
  private static final Logger LOG = Logger.getLogger(GrowingSegment.class);

  private final WalStore store;
  private final WalFileName segment;
  private int bytes;

  GrowingSegment(WalStore store, WalFileName segment) {
    this.store = store;
    this.segment = segment;
  }

  /** How much of it is stored. */
  int bytes() {
    return bytes;
  }

  /**
   * @param length how much of it is there
   */
  void store(byte[] content, int length, int level) throws IOException {
    store.putGrowing(segment, new ByteArrayInputStream(content, 0, length), length, level);
    int before = bytes;
    bytes = length;
    if (before > 0) {
      try {
        store.discardGrowing(segment, before);
      } catch (JobFailure e) {
        LOG.debugf("a part of %s is removed later: %s", segment, e.getMessage());
      }
    }
  }

  /** Removes every part, those of earlier workers too: the whole segment is stored. */
  void discard() {
    try {
      String folder = store.layout().segments(segment.timeline(), segment.logId());
      for (ObjectStat object : store.list(folder)) {
        WalLayout.growing(object.key())
            .filter(part -> part.segment().equals(segment))
            .ifPresent(part -> store.discardGrowing(segment, part.bytes()));
      }
    } catch (JobFailure e) {
      // Of no harm but the space: a whole segment goes before its parts.
      LOG.warnf("parts of %s were not removed: %s", segment, e.getMessage());
    }
  }
}
