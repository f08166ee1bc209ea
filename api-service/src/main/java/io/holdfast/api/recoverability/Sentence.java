package io.holdfast.api.recoverability;

import io.holdfast.api.recoverability.Standing.CopyLag;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** Says what a person would say when asked to when a cluster can be recovered. Pure. */
final class Sentence {
  private Sentence() {}

  static String of(Standing standing, Instant now) {
    List<String> sentences = new ArrayList<>();
    sentences.add(reach(standing, now));
    sentences.add(proof(standing, now));
    String copies = copies(standing, now);
    if (copies != null) {
      sentences.add(copies);
    }
    standing.concerns().forEach(concern -> sentences.add(concern.sentence()));
    return String.join(" ", sentences);
  }

  private static String reach(Standing standing, Instant now) {
    Duration age = standing.age(now);
    if (age == null) {
      return "'" + standing.cluster() + "' cannot be brought back: it has no restorable backup.";
    }
    String judged =
        standing.ratio(now) > 1
            ? String.format(
                Locale.ROOT,
                "%.1f times its objective of %s.",
                standing.ratio(now),
                spoken(standing.objective()))
            : "within its objective of " + spoken(standing.objective()) + ".";
    String place =
        standing.throughWal()
            ? "to any moment from "
                + standing.restorableFrom().truncatedTo(ChronoUnit.SECONDS)
                + " to "
                + spoken(age)
                + " ago, "
            : "to how it was " + spoken(age) + " ago, ";
    return "'" + standing.cluster() + "' can be brought back " + place + judged;
  }

  private static String proof(Standing standing, Instant now) {
    Instant verified = standing.proof() == null ? null : standing.proof().at();
    Instant drilled = standing.drill() == null ? null : standing.drill().at();
    if (drilled != null && (verified == null || !verified.isAfter(drilled))) {
      return "A drill recovered it "
          + spoken(Duration.between(drilled, now))
          + " ago, in "
          + spoken(standing.drill().recovery())
          + ".";
    }
    return verified == null
        ? "Nothing has proven it yet."
        : "It was last proven "
            + spoken(Duration.between(verified, now))
            + " ago, at level "
            + standing.proof().level()
            + ".";
  }

  /** Null: there are no copies to speak of. */
  private static String copies(Standing standing, Instant now) {
    if (standing.copies().isEmpty()) {
      return null;
    }
    return standing.copies().stream()
        .filter(copy -> behind(copy) != null)
        .min(Comparator.comparing(Sentence::behind))
        .map(
            copy ->
                "The copy in '"
                    + copy.repository()
                    + "' is "
                    + spoken(Duration.between(behind(copy), now))
                    + " behind.")
        .orElse("Its copies are up to date.");
  }

  private static Instant behind(CopyLag copy) {
    return Stream.of(copy.behindSince(), copy.walBehindSince())
        .filter(Objects::nonNull)
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  /** In the one unit that a person would choose. */
  static String spoken(Duration length) {
    long seconds = Math.max(0, Math.round(length.toMillis() / 1000.0));
    if (seconds < 120) {
      return seconds + (seconds == 1 ? " second" : " seconds");
    }
    if (seconds < 7200) {
      return Math.round(seconds / 60.0) + " minutes";
    }
    if (seconds < 172_800) {
      return Math.round(seconds / 3600.0) + " hours";
    }
    return Math.round(seconds / 86_400.0) + " days";
  }
}
