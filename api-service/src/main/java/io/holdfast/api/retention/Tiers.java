package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterRetention;
import io.holdfast.api.cluster.ClusterRetention.By;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.api.retention.RetentionPlan.Code;
import io.holdfast.api.retention.RetentionPlan.Reason;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Days, weeks, months and years of a calendar, each kept by the newest good backup in it. Counted
 * back from the newest good backup and never from a clock: one that went forward years would
 * otherwise leave nothing. Pure.
 */
enum Tiers {
  DAY(ChronoUnit.DAYS) {
    @Override
    LocalDate begin(LocalDate date) {
      return date;
    }

    @Override
    int wanted(ClusterRetention policy) {
      return policy.daily();
    }
  },
  WEEK(ChronoUnit.WEEKS) {
    @Override
    LocalDate begin(LocalDate date) {
      return date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
    }

    @Override
    int wanted(ClusterRetention policy) {
      return policy.weekly();
    }
  },
  MONTH(ChronoUnit.MONTHS) {
    @Override
    LocalDate begin(LocalDate date) {
      return date.withDayOfMonth(1);
    }

    @Override
    int wanted(ClusterRetention policy) {
      return policy.monthly();
    }
  },
  YEAR(ChronoUnit.YEARS) {
    @Override
    LocalDate begin(LocalDate date) {
      return date.withDayOfYear(1);
    }

    @Override
    int wanted(ClusterRetention policy) {
      return policy.yearly();
    }
  };

  private final ChronoUnit unit;

  Tiers(ChronoUnit unit) {
    this.unit = unit;
  }

  abstract LocalDate begin(LocalDate date);

  abstract int wanted(ClusterRetention policy);

  /**
   * @param good newest first
   * @param kept hears of each that stays, with the reason
   */
  static void keep(List<Stored> good, ClusterRetention policy, BiConsumer<Stored, Reason> kept) {
    for (Tiers tier : values()) {
      tier.keepOwn(good, policy, kept);
    }
  }

  private void keepOwn(
      List<Stored> good, ClusterRetention policy, BiConsumer<Stored, Reason> kept) {
    int wanted = wanted(policy);
    LocalDate newest = null;
    LocalDate last = null;
    int used = 0;
    for (Stored backup : good) {
      LocalDate begin = begin(LocalDate.ofInstant(backup.finishedAt(), policy.zone()));
      newest = newest == null ? begin : newest;
      if (begin.equals(last)) {
        continue;
      }
      last = begin;
      used++;
      long place = policy.by() == By.COUNT ? used : unit.between(begin, newest) + 1;
      if (place > wanted) {
        return;
      }
      kept.accept(backup, reason(begin, place, wanted));
    }
  }

  private Reason reason(LocalDate begin, long place, int wanted) {
    String name = name().toLowerCase(java.util.Locale.ROOT);
    return new Reason(
        Code.TIER,
        "the newest good one of the "
            + name
            + (this == DAY ? " " : " from ")
            + begin
            + ", "
            + name
            + " "
            + place
            + " of "
            + wanted);
  }
}
