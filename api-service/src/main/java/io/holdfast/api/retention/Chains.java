package io.holdfast.api.retention;

import io.holdfast.api.retention.RetentionFacts.Condition;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.model.BackupId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Backups with what they build on. Ordered by time and identity, never by anything else. Pure. */
final class Chains {
  static final Comparator<Stored> NEWEST_FIRST =
      Comparator.comparing(Stored::finishedAt).thenComparing(Stored::id).reversed();

  private final Map<BackupId, Stored> byId = new HashMap<>();
  private final Map<BackupId, Boolean> restorable = new HashMap<>();
  private final List<Stored> newestFirst;

  Chains(List<Stored> backups) {
    backups.forEach(backup -> byId.put(backup.id(), backup));
    newestFirst = backups.stream().sorted(NEWEST_FIRST).toList();
  }

  List<Stored> newestFirst() {
    return newestFirst;
  }

  Optional<Stored> find(BackupId id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** Whether it is good, and so is everything below it. */
  boolean restorable(Stored backup) {
    Boolean known = restorable.get(backup.id());
    if (known == null) {
      // A loop, which no honest catalog has, is not restorable.
      restorable.put(backup.id(), false);
      known =
          backup.condition() == Condition.GOOD
              && (backup.parent() == null
                  || find(backup.parent()).map(this::restorable).orElse(false));
      restorable.put(backup.id(), known);
    }
    return known;
  }

  /** Those that can be restored and had been taken by a moment, newest first. */
  List<Stored> restorableAt(Instant moment) {
    return newestFirst.stream()
        .filter(backup -> !backup.finishedAt().isAfter(moment) && restorable(backup))
        .toList();
  }

  /** What a backup builds on, the nearest first, as far as it is known. */
  List<Stored> below(Stored backup) {
    Set<Stored> found = new LinkedHashSet<>();
    for (Optional<Stored> next = parent(backup);
        next.isPresent() && found.add(next.get());
        next = parent(next.get())) {
      // The condition does it.
    }
    return new ArrayList<>(found);
  }

  private Optional<Stored> parent(Stored backup) {
    return backup.parent() == null ? Optional.empty() : find(backup.parent());
  }
}
