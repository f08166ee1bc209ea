package io.holdfast.api.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.cluster.ClusterRetention;
import io.holdfast.api.cluster.ClusterRetention.By;
import io.holdfast.api.cluster.RetentionView;
import io.holdfast.api.retention.RetentionFacts.Condition;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.api.retention.RetentionPlan.BackupDecision;
import io.holdfast.api.retention.RetentionPlan.Code;
import io.holdfast.model.BackupId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetentionPlannerTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private final List<Stored> backups = new ArrayList<>();

  @Test
  void eightBadRunsInARowPushOutNoGoodBackup() {
    List<BackupId> good = new ArrayList<>();
    for (int day = 1; day <= 7; day++) {
      good.add(nightly(at(2026, 3, day), Condition.GOOD));
    }
    for (int day = 8; day <= 15; day++) {
      nightly(at(2026, 3, day), Condition.SUSPECT);
    }

    assertThat(kept(plan(policy(7, 0, 0, By.COUNT), at(2026, 3, 20)))).containsAll(good);
    assertThat(kept(plan(policy(7, 0, 0, By.AGE), at(2026, 3, 20)))).containsAll(good);
  }

  @Test
  void theNightThatChangesTheClockIsOneDay() {
    // 25 hours long: two backups in it, of which the later one stands for the day.
    BackupId first = nightly(local(2026, 10, 25, 0, 30), Condition.GOOD);
    BackupId second = nightly(local(2026, 10, 25, 23, 30), Condition.GOOD);
    BackupId next = nightly(local(2026, 10, 26, 0, 30), Condition.GOOD);
    for (int day = 27; day <= 30; day++) {
      nightly(local(2026, 10, day, 0, 30), Condition.GOOD);
    }

    RetentionPlan plan = plan(policy(6, 0, 0, By.COUNT), local(2026, 11, 5, 0, 0));

    assertThat(kept(plan)).contains(second, next).doesNotContain(first);
  }

  @Test
  void theLastBackupOfAMonthStandsForItWhateverItsLength() {
    List<BackupId> ends = new ArrayList<>();
    for (int month = 1; month <= 6; month++) {
      int days = YearMonth.of(2028, month).lengthOfMonth();
      for (int day = 1; day <= days; day++) {
        BackupId id = nightly(local(2028, month, day, 23, 59), Condition.GOOD);
        if (day == days) {
          ends.add(id);
        }
      }
    }

    assertThat(kept(plan(policy(0, 0, 6, By.COUNT), local(2028, 7, 20, 0, 0))))
        .containsAll(ends)
        .hasSize(7);
  }

  @Test
  void aClockThatWentForwardYearsExpiresNothing() {
    for (int day = 1; day <= 20; day++) {
      nightly(at(2026, 3, day), Condition.GOOD);
    }
    RetentionPlan before = plan(policy(7, 4, 0, By.AGE), at(2026, 3, 23));

    RetentionPlan after = plan(policy(7, 4, 0, By.AGE), at(2036, 3, 23));

    assertThat(kept(after)).isEqualTo(kept(before));
  }

  @Test
  void aBackupTakenWithAClockThatWentForwardMakesThePlanAsk() {
    for (int day = 1; day <= 20; day++) {
      nightly(at(2026, 3, day), Condition.GOOD);
    }
    BackupId leap = nightly(at(2036, 3, 21), Condition.GOOD);

    RetentionPlan wrong = plan(policy(7, 4, 0, By.AGE), at(2036, 4, 21));
    RetentionPlan mended = plan(policy(7, 4, 0, By.AGE), at(2026, 3, 22));

    assertThat(wrong.concerns()).extracting(RetentionPlan.Concern::code).contains("LEAP", "SHARE");
    assertThat(decision(mended, leap).reasons())
        .extracting(RetentionPlan.Reason::code)
        .containsExactly(Code.CLOCK);
    assertThat(kept(mended)).hasSizeGreaterThan(8);
  }

  @Test
  void keepsEverythingThatWhatStaysBuildsOn() {
    BackupId full = chained(at(2026, 3, 1), null);
    BackupId middle = chained(at(2026, 3, 2), full);
    BackupId last = chained(at(2026, 3, 20), middle);

    RetentionPlan plan = plan(policy(1, 0, 0, By.COUNT), at(2026, 4, 20));

    assertThat(kept(plan)).contains(full, middle, last);
    assertThat(decision(plan, middle).reasons())
        .extracting(RetentionPlan.Reason::sentence)
        .containsExactly("backup " + last + ", which stays, builds on it");
  }

  @Test
  void minimumCountsFullOnesThatCanBeRestored() {
    BackupId first = chained(at(2026, 3, 1), null);
    BackupId second = chained(at(2026, 3, 2), null);
    add(at(2026, 3, 3), null, Condition.SUSPECT);
    chained(at(2026, 3, 4), second);
    chained(at(2026, 3, 5), second);

    assertThat(kept(plan(policy(0, 0, 0, By.COUNT), at(2026, 6, 1)))).contains(first, second);
  }

  @Test
  void ordersByTimeAndNotByName() {
    // The id says that it is older, as after a clock that was set back.
    BackupId newest =
        add(BackupId.next(Clock.fixed(at(2020, 1, 1), ZoneOffset.UTC)), at(2026, 3, 9));
    for (int day = 1; day <= 8; day++) {
      nightly(at(2026, 3, day), Condition.GOOD);
    }

    RetentionPlan plan = plan(policy(1, 0, 0, By.COUNT), at(2026, 4, 9));

    assertThat(plan.backups().getFirst().id()).isEqualTo(newest);
    assertThat(kept(plan)).contains(newest);
  }

  @Test
  void asksBeforeItRemovesMoreThanTheShare() {
    for (int day = 1; day <= 20; day++) {
      nightly(at(2026, 3, day), Condition.GOOD);
    }

    RetentionPlan plan = plan(policy(3, 0, 0, By.COUNT), at(2026, 4, 20));

    assertThat(plan.concerns())
        .extracting(RetentionPlan.Concern::sentence)
        .containsExactly(
            "It removes 17 of 20 backups, more than the share of 0.50 that goes unasked.");
  }

  private static ClusterRetention policy(int daily, int weekly, int monthly, By by) {
    return ClusterRetention.of(
        new RetentionView(
            daily,
            weekly,
            monthly,
            0,
            by.name(),
            2,
            null,
            null,
            Duration.ofDays(1),
            null,
            "Europe/Berlin"),
        "retention");
  }

  private RetentionPlan plan(ClusterRetention policy, Instant now) {
    return RetentionPlanner.plan(new RetentionFacts(now, policy, backups, null, List.of()));
  }

  private static List<BackupId> kept(RetentionPlan plan) {
    return plan.backups().stream()
        .filter(decision -> !decision.expires())
        .map(BackupDecision::id)
        .toList();
  }

  private static BackupDecision decision(RetentionPlan plan, BackupId id) {
    return plan.backups().stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
  }

  private static Instant at(int year, int month, int day) {
    return LocalDateTime.of(year, month, day, 12, 0).toInstant(ZoneOffset.UTC);
  }

  private static Instant local(int year, int month, int day, int hour, int minute) {
    return LocalDateTime.of(year, month, day, hour, minute).atZone(BERLIN).toInstant();
  }

  private BackupId nightly(Instant finishedAt, Condition condition) {
    return add(finishedAt, null, condition);
  }

  private BackupId chained(Instant finishedAt, BackupId parent) {
    return add(finishedAt, parent, Condition.GOOD);
  }

  private BackupId add(BackupId id, Instant finishedAt) {
    return add(id, finishedAt, null, Condition.GOOD);
  }

  private BackupId add(Instant finishedAt, BackupId parent, Condition condition) {
    return add(
        BackupId.next(Clock.fixed(finishedAt, ZoneOffset.UTC)), finishedAt, parent, condition);
  }

  private BackupId add(BackupId id, Instant finishedAt, BackupId parent, Condition condition) {
    backups.add(
        new Stored(
            id,
            "PHYSICAL",
            condition,
            condition == Condition.SUSPECT ? "it is small" : null,
            parent,
            finishedAt,
            1000,
            null,
            false,
            List.of(),
            List.of(),
            false));
    return id;
  }
}
