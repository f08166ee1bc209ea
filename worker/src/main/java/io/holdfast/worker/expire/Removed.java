package io.holdfast.worker.expire;

import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;

/** Removes objects, or in a dry run only counts them, as long as the attempt owns the job. */
final class Removed {
  private final Repository repository;
  private final Attempt attempt;
  private final boolean dryRun;
  private long objects;
  private long bytes;

  Removed(Repository repository, Attempt attempt, boolean dryRun) {
    this.repository = repository;
    this.attempt = attempt;
    this.dryRun = dryRun;
  }

  boolean dryRun() {
    return dryRun;
  }

  void object(ObjectStat object) {
    attempt.requireHeld();
    if (!dryRun) {
      repository.delete(object.key());
    }
    objects++;
    bytes += object.bytes();
    attempt.advanced(object.bytes());
  }

  long objects() {
    return objects;
  }

  long bytes() {
    return bytes;
  }
}
