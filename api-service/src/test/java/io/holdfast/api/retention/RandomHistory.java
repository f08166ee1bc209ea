package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterRetention;
import io.holdfast.api.cluster.ClusterRetention.By;
import io.holdfast.api.cluster.ClusterRetention.WalKeep;
import io.holdfast.api.retention.RetentionFacts.Archive;
import io.holdfast.api.retention.RetentionFacts.Base;
import io.holdfast.api.retention.RetentionFacts.Condition;
import io.holdfast.api.retention.RetentionFacts.Former;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation.Range;
import io.holdfast.model.wal.ArchiveObservation.Timeline;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.model.wal.TimelineHistory.Ancestor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The life of a cluster as chance has it: backups of several kinds, failed and suspect ones alone
 * and in rows, chains, failovers, recoveries to an earlier point, rebuilds, holds, jobs, clocks
 * that leap, and nights that change the clock.
 */
final class RandomHistory {
  static final SegmentSize SIZE = new SegmentSize(1024 * 1024);
  private static final List<String> ZONES =
      List.of("UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe");

  /** How a timeline came about; {@code parent} 0: it is the first. */
  record Branch(int timeline, int parent, long switchedAt) {}

  /** Where the primary was. */
  record Mark(int timeline, long lsn, Instant at) {}

  final List<Stored> backups = new ArrayList<>();
  final Map<Integer, Branch> branches = new HashMap<>();
  final List<Mark> marks = new ArrayList<>();
  final ClusterRetention policy;
  Instant now;
  String system = "1";

  private final Random random;
  private final Map<Integer, Long> ends = new HashMap<>();
  private Instant time;
  private int timeline = 1;
  private long lsn;
  private int bad;
  private BackupId lastPhysical;

  RandomHistory(long seed) {
    random = new Random(seed);
    policy = policy(random);
    time =
        LocalDate.of(2024 + random.nextInt(3), 1 + random.nextInt(12), 1 + random.nextInt(28))
            .atTime(random.nextInt(24), random.nextInt(60))
            .toInstant(ZoneOffset.UTC);
    restart();
    int steps = 5 + random.nextInt(120);
    for (int i = 0; i < steps; i++) {
      step();
    }
    now = time.plus(Duration.ofHours(random.nextInt(72)));
    if (chance(0.05)) {
      now = now.plus(Duration.ofDays(5 * 365));
    }
    // No order but that of time and identity may matter.
    Collections.shuffle(backups, random);
  }

  /** As it looks in a further repository, where not all of it lies and another policy holds. */
  private RandomHistory(RandomHistory first, long seed) {
    random = new Random(seed);
    policy = policy(random);
    branches.putAll(first.branches);
    marks.addAll(first.marks);
    ends.putAll(first.ends);
    system = first.system;
    now = first.now;
    for (Stored one : first.backups) {
      if (chance(0.85)) {
        backups.add(chance(0.1) ? in(one, Condition.SUSPECT) : in(one, copied(one)));
      }
    }
  }

  RandomHistory elsewhere(long seed) {
    return new RandomHistory(this, seed);
  }

  /** What is being removed in one place is as good as ever in another. */
  private static Condition copied(Stored one) {
    return one.suspectBecause() == null ? Condition.GOOD : Condition.SUSPECT;
  }

  private Stored in(Stored one, Condition condition) {
    return new Stored(
        one.id(),
        one.series(),
        chance(0.01) ? Condition.LEAVING : condition,
        condition == Condition.SUSPECT ? "the copy is failed" : null,
        one.parent(),
        one.finishedAt(),
        one.bytes(),
        one.base(),
        chance(0.5),
        one.holds(),
        one.pins(),
        one.pinsWal());
  }

  private static ClusterRetention policy(Random random) {
    return new ClusterRetention(
        random.nextInt(8),
        random.nextInt(5),
        random.nextInt(7),
        random.nextInt(3),
        random.nextBoolean() ? By.COUNT : By.AGE,
        1 + random.nextInt(3),
        Duration.ofDays(7 + random.nextInt(8)),
        random.nextBoolean() ? WalKeep.SINCE_OLDEST : WalKeep.WINDOW,
        Duration.ofHours(random.nextInt(72)),
        0.5,
        ZONES.get(random.nextInt(ZONES.size())));
  }

  private boolean chance(double share) {
    return random.nextDouble() < share;
  }

  private void restart() {
    branches.clear();
    marks.clear();
    ends.clear();
    timeline = 1;
    lsn = (16L + random.nextInt(16)) * SIZE.bytes() + random.nextInt(SIZE.bytes());
    branches.put(1, new Branch(1, 0, lsn));
    lastPhysical = null;
  }

  private void step() {
    time = time.plus(Duration.ofMinutes(30 + random.nextInt(40 * 60)));
    lsn += random.nextInt(6 * SIZE.bytes());
    ends.put(timeline, lsn);
    marks.add(new Mark(timeline, lsn, time));
    if (chance(0.04)) {
      fork();
    } else if (chance(0.01)) {
      system = Integer.toString(Integer.parseInt(system) + 1);
      restart();
      ends.put(timeline, lsn);
    }
    bad = chance(0.02) ? 8 : Math.max(0, bad - 1);
    int taken = chance(0.15) ? 0 : chance(0.1) ? 3 : 1;
    for (int i = 0; i < taken; i++) {
      back();
    }
  }

  /** A failover, or a recovery to a point before. */
  private void fork() {
    Branch from = branches.get(timeline);
    long at =
        chance(0.3)
            ? from.switchedAt() + (long) (random.nextDouble() * (lsn - from.switchedAt()))
            : lsn;
    int next = branches.keySet().stream().mapToInt(Integer::intValue).max().orElseThrow() + 1;
    branches.put(next, new Branch(next, timeline, at));
    timeline = next;
    lsn = at;
    ends.put(timeline, lsn);
  }

  private void back() {
    time = time.plus(Duration.ofMinutes(1 + random.nextInt(120)));
    boolean physical = chance(0.6);
    boolean suspect = bad > 0 || chance(0.08);
    BackupId id = BackupId.next(Clock.fixed(time, ZoneOffset.UTC));
    BackupId parent = physical && lastPhysical != null && chance(0.6) ? lastPhysical : null;
    long start = lsn;
    lsn += physical ? 1 + random.nextInt(SIZE.bytes()) : 0;
    ends.put(timeline, lsn);
    Instant finishedAt = chance(0.01) ? time.plus(Duration.ofDays(4 * 365)) : time;
    boolean pinned = chance(0.02);
    backups.add(
        new Stored(
            id,
            physical ? "PHYSICAL" : chance(0.5) ? "LOGICAL a" : "LOGICAL b",
            chance(0.01) ? Condition.LEAVING : suspect ? Condition.SUSPECT : Condition.GOOD,
            suspect ? "it is small" : null,
            parent,
            finishedAt,
            1000,
            physical ? new Base(system, timeline, new Lsn(start), new Lsn(lsn)) : null,
            chance(0.05),
            chance(0.02) ? List.of("legal hold") : List.of(),
            pinned ? List.of("job reads it") : List.of(),
            pinned && chance(0.5)));
    if (physical && !suspect) {
      lastPhysical = id;
    }
  }

  /** The ways to a timeline, from the first one on. */
  List<Branch> path(int to) {
    List<Branch> path = new ArrayList<>();
    for (Branch branch = branches.get(to); branch != null; branch = branches.get(branch.parent())) {
      path.addFirst(branch);
    }
    return path;
  }

  RetentionFacts facts() {
    List<Timeline> timelines = new ArrayList<>();
    branches.keySet().stream()
        .sorted()
        .forEach(
            id -> {
              List<Range> ranges = new ArrayList<>();
              long from = floor(branches.get(id).switchedAt());
              long to = floor(ends.getOrDefault(id, from));
              if (to > from) {
                ranges.add(new Range(new Lsn(from), new Lsn(to)));
              }
              List<Branch> path = path(id);
              List<Ancestor> ancestors = new ArrayList<>();
              for (int i = 1; i < path.size(); i++) {
                ancestors.add(
                    new Ancestor(path.get(i - 1).timeline(), new Lsn(path.get(i).switchedAt())));
              }
              timelines.add(new Timeline(id, new TimelineHistory(id, ancestors), ranges));
            });
    return new RetentionFacts(
        now, policy, backups, new Archive(system, SIZE, timelines, this::before), former());
  }

  /** The systems that the cluster was before, with when the present one had followed each. */
  List<Former> former() {
    List<Former> former = new ArrayList<>();
    for (int id = 1; id < Integer.parseInt(system); id++) {
      String earlier = Integer.toString(id);
      Instant last = finished(earlier).max(Instant::compareTo).orElse(Instant.MIN);
      former.add(
          new Former(
              earlier,
              finished(system)
                  .filter(at -> at.isAfter(last))
                  .min(Instant::compareTo)
                  .orElse(null)));
    }
    return former;
  }

  private Stream<Instant> finished(String of) {
    return backups.stream()
        .filter(one -> one.base() != null && one.base().systemIdentifier().equals(of))
        .map(Stored::finishedAt);
  }

  Optional<Lsn> before(int wanted, Instant moment) {
    return marks.stream()
        .filter(mark -> mark.timeline() == wanted && !mark.at().isAfter(moment))
        .map(mark -> new Lsn(mark.lsn()))
        .max(Lsn::compareTo);
  }

  static long floor(long lsn) {
    return lsn / SIZE.bytes() * SIZE.bytes();
  }
}
