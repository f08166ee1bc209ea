package io.holdfast.api.recoverability;

import io.holdfast.api.problem.ApiProblem;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;

/**
 * Where a cluster stands in a fleet that is ordered by worst first.
 *
 * @param asOf the moment that it was judged at
 * @param state ordinal: the worst one first
 * @param parts of the objective, in millionths, so that a cursor says it exactly
 */
record Rank(Instant asOf, int state, long parts, String cluster) implements Comparable<Rank> {
  private static final Duration OLDEST = Duration.ofDays(1);
  private static final long MOST = 1_000_000_000_000_000L;
  private static final Comparator<Rank> WORST_FIRST =
      Comparator.comparingInt(Rank::state)
          .thenComparing(Comparator.comparingLong(Rank::parts).reversed())
          .thenComparing(Rank::cluster);

  static Rank of(Standing standing, Instant asOf) {
    return new Rank(
        Instant.ofEpochMilli(asOf.toEpochMilli()),
        standing.state(asOf).ordinal(),
        (long) Math.min(MOST, standing.ratio(asOf) * 1e6),
        standing.cluster());
  }

  String text() {
    return asOf.toEpochMilli() + ":" + state + ":" + parts + ":" + cluster;
  }

  /**
   * @throws ApiProblem 422 when it is no text of ours, or older than a day
   */
  static Rank parse(String text, Instant now) {
    String[] parts = text.split(":", 4);
    try {
      Instant asOf = Instant.ofEpochMilli(Long.parseLong(parts[0]));
      if (asOf.isBefore(now.minus(OLDEST)) || asOf.isAfter(now.plus(OLDEST))) {
        throw invalid();
      }
      return new Rank(asOf, Integer.parseInt(parts[1]), Long.parseLong(parts[2]), parts[3]);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException notOurs) {
      throw invalid();
    }
  }

  private static ApiProblem invalid() {
    return ApiProblem.invalid(
        "cursor", "is not a cursor of this list", "Pass nextCursor of the page before, unchanged.");
  }

  @Override
  public int compareTo(Rank other) {
    return WORST_FIRST.compare(this, other);
  }
}
