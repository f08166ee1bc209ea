package io.holdfast.worker.recovery;

import io.holdfast.model.Lsn;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * Where recovery ended.
 *
 * @param lsn behind the last record that was applied
 * @param time when the last transaction ended; null when none was applied
 * @param timeline of that record
 * @param seconds from the start of the server
 * @param segments that the server read from the archive
 */
public record Reached(Lsn lsn, Instant time, int timeline, double seconds, long segments) {
  /** For a job's result. */
  public void into(Map<String, String> details) {
    details.put("reachedLsn", lsn.toString());
    if (time != null) {
      details.put("reachedTime", time.toString());
    }
    details.put("timeline", Integer.toString(timeline));
    details.put("recoverySeconds", String.format(Locale.ROOT, "%.3f", seconds));
    details.put("segmentsFetched", Long.toString(segments));
  }
}
