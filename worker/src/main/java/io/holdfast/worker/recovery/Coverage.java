package io.holdfast.worker.recovery;

import io.holdfast.model.Lsn;
import java.time.Instant;
import java.util.Optional;

/** What a running primary says of the time after the last archived commit. */
@FunctionalInterface
public interface Coverage {
  /**
   * The moment up to which the archive certainly lacks no commit; empty when nobody can tell.
   *
   * @param systemIdentifier decimal text
   * @param timeline on which the archive ends
   * @param end behind the last archived record
   * @param restingXid what the next transaction's id was when, in the archive, last none ran; null:
   *     not known
   */
  Optional<Instant> until(String systemIdentifier, int timeline, Lsn end, Long restingXid);

  /** Nobody to ask. */
  static Coverage unknown() {
    return (systemIdentifier, timeline, end, restingXid) -> Optional.empty();
  }
}
