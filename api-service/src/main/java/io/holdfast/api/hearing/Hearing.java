package io.holdfast.api.hearing;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Up to which moment this service knows all that workers said. A worker may be called silent only
 * about time before {@link #judgeableUpTo}: what was on the topic by then is in the catalog, and
 * the broker had been there for long enough to get a word through.
 *
 * <p>Has no clock: every moment is given by the caller, taken before it asked the broker. Not
 * thread-safe; {@link EventsHeard} guards it.
 */
final class Hearing {
  private Instant reachableSince;
  private Instant heardUpTo;
  private Lookout waitingFor;

  private record Lookout(Instant at, Offsets end) {}

  /** The broker did not answer: what workers say now may reach it late, or not at all. */
  void unreachable() {
    reachableSince = null;
    waitingFor = null;
  }

  /**
   * The broker answered.
   *
   * @param at before it was asked
   * @param end one behind the last record of each partition
   * @param recorded one behind the last record of each partition that is in the catalog
   */
  void looked(Instant at, Offsets end, Offsets recorded) {
    if (reachableSince == null) {
      reachableSince = at;
    }
    if (recorded.reaches(end)) {
      heardUpTo = at;
      waitingFor = null;
    } else if (waitingFor == null) {
      waitingFor = new Lookout(at, end);
    } else if (recorded.reaches(waitingFor.end())) {
      // New records come all the time: what was there at the last look is recorded by now.
      heardUpTo = waitingFor.at();
      waitingFor = new Lookout(at, end);
    }
  }

  /**
   * @param grace how long after an outage a worker has to be heard again
   * @return empty while silence proves nothing
   */
  Optional<Instant> judgeableUpTo(Duration grace) {
    return reachableSince == null
            || heardUpTo == null
            || heardUpTo.isBefore(reachableSince.plus(grace))
        ? Optional.empty()
        : Optional.of(heardUpTo);
  }

  Optional<Instant> heardUpTo() {
    return Optional.ofNullable(heardUpTo);
  }
}
