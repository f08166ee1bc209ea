package io.holdfast.api.reencryption;

import io.holdfast.api.reencryption.ReencryptionPlan.Because;
import io.holdfast.api.reencryption.ReencryptionPlan.Begun;
import io.holdfast.api.reencryption.ReencryptionPlan.Left;
import io.holdfast.api.reencryption.SealedBackups.Sealed;
import io.holdfast.model.BackupId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Goes through the backups that a key opens, each behind what it builds on: what a second increment
 * builds on is the second of its parent, which is made even when the key does not open the parent
 * itself. Used once.
 */
final class Selection {
  /** Begins the job that makes the second of a backup. */
  interface Beginning {
    /**
     * @param parent what the second builds on; null: nothing
     */
    Begun begin(Sealed backup, BackupId parent);
  }

  private final Map<BackupId, Sealed> known = new LinkedHashMap<>();
  private final Map<BackupId, BackupId> seconds = new HashMap<>();
  private final List<Begun> begun = new ArrayList<>();
  private final Map<BackupId, Left> left = new LinkedHashMap<>();
  private final String key;
  private final int most;
  private final Beginning beginning;

  /**
   * @param backups oldest first
   * @param key that leaked
   * @param most jobs; the rest is for another request
   */
  Selection(List<Sealed> backups, String key, int most, Beginning beginning) {
    backups.forEach(backup -> known.put(backup.id(), backup));
    this.key = key;
    this.most = most;
    this.beginning = beginning;
  }

  void takeAll() {
    known.values().stream().filter(backup -> backup.openedBy(key)).forEach(this::take);
  }

  private void take(Sealed backup) {
    if (backup.from() == null || !known.containsKey(backup.from())) {
      BackupId unused = second(backup);
      return;
    }
    // A second one under the leaked key: what was made of the first is made of it again.
    BackupId again = second(known.get(backup.from()));
    if (!seconds.containsKey(backup.id())) {
      left.put(
          backup.id(),
          new Left(
              backup.id().value(),
              backup.repository(),
              Because.DONE,
              "it has the content of backup " + backup.from() + ", which is encrypted anew",
              again == null ? null : again.value()));
    }
  }

  /** The newest one with the content of a backup under keys that did not leak. */
  private Optional<BackupId> good(Sealed backup) {
    return known.values().stream()
        .filter(one -> backup.id().equals(one.from()) && !one.openedBy(key))
        .filter(one -> one.repository().equals(backup.repository()) && one.encryption() != null)
        .map(Sealed::id)
        .max(Comparator.naturalOrder());
  }

  List<Begun> begun() {
    return begun;
  }

  List<Left> left() {
    return List.copyOf(left.values());
  }

  /** Null when there is none and will be none. */
  private BackupId second(Sealed backup) {
    if (!seconds.containsKey(backup.id())) {
      // Against a chain that leads back to itself, which no honest catalog has.
      seconds.put(backup.id(), null);
      seconds.put(backup.id(), find(backup));
    }
    return seconds.get(backup.id());
  }

  private BackupId find(Sealed backup) {
    if (backup.encryption() == null) {
      return leave(
          backup,
          Because.NOT_ENCRYPTED,
          "it is not encrypted: nobody can tell any more who wrote it");
    }
    Optional<BackupId> good = good(backup);
    if (good.isPresent()) {
      if (backup.openedBy(key)) {
        left.put(
            backup.id(),
            new Left(
                backup.id().value(),
                backup.repository(),
                Because.DONE,
                "backup " + good.get() + " has its content under other keys: delete this one",
                good.get().value()));
      }
      return good.get();
    }
    if (backup.underWay() != null) {
      begun.add(
          new Begun(
              backup.id().value(),
              backup.repository(),
              List.of(),
              backup.underWay(),
              backup.underWaySecond().value()));
      return backup.underWaySecond();
    }
    BackupId parent = null;
    if (backup.parent() != null) {
      Sealed below = known.get(backup.parent());
      if (below == null) {
        return leave(
            backup,
            Because.PARENT_GONE,
            "backup " + backup.parent() + ", which it builds on, is gone or is being removed");
      }
      parent = second(below);
      if (parent == null) {
        return leave(
            backup,
            Because.PARENT_LEFT,
            "backup " + backup.parent() + ", which it builds on, is left as it is");
      }
    }
    if (begun.size() >= most) {
      return leave(
          backup, Because.LATER, "there are " + most + " before it: ask again when they are done");
    }
    Begun job = beginning.begin(backup, parent);
    begun.add(job);
    return new BackupId(job.second());
  }

  private BackupId leave(Sealed backup, Because because, String sentence) {
    left.put(
        backup.id(), new Left(backup.id().value(), backup.repository(), because, sentence, null));
    return null;
  }
}
