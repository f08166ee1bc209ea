package io.holdfast.api.ledger;

import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.ArchiveObservation.Timeline;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/** How far archives were when a worker last looked. */
@ApplicationScoped
public class ArchiveProgress {
  /**
   * @param to the end of what is archived of the newest timeline that has a whole segment
   * @param newestAt when the newest segment was stored, as far as anybody knows
   */
  public record Seen(Lsn to, Instant newestAt, Instant observedAt) {}

  /** Empty when nothing is archived, or nobody has looked. */
  @Transactional
  public Optional<Seen> of(String cluster) {
    ArchiveStateEntity state = ArchiveStateEntity.findById(cluster);
    if (state == null) {
      return Optional.empty();
    }
    ArchiveObservation seen = state.seen();
    return seen.timelines().stream()
        .filter(timeline -> !timeline.ranges().isEmpty())
        .max(Comparator.comparingInt(Timeline::timeline))
        .map(
            timeline ->
                new Seen(
                    timeline.ranges().getLast().to(), seen.newestArchivedAt(), seen.observedAt()));
  }
}
