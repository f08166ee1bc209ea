package io.holdfast.api.retention;

import io.holdfast.model.BackupId;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.repository.S3RepositorySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the store itself keeps from being removed, by the locks that objects are written with. Pure.
 *
 * @param time from the writing of each object on
 */
record Locks(Duration time) {
  /** Empty for a repository that locks nothing. */
  static Optional<Locks> of(RepositorySpec repository) {
    return switch (repository) {
      case S3RepositorySpec s3 ->
          Optional.ofNullable(s3.objectLock()).map(lock -> new Locks(lock.retainFor()));
      case FilesystemRepositorySpec directory -> Optional.empty();
    };
  }

  /**
   * Until when each backup of a plan is locked with all that it builds on.
   *
   * @param writtenFrom before the first of their objects was written
   */
  Map<BackupId, Instant> ends(RetentionPlan plan, Map<BackupId, Instant> writtenFrom) {
    Chains chains =
        new Chains(plan.backups().stream().map(RetentionPlan.BackupDecision::backup).toList());
    Map<BackupId, Instant> ends = new HashMap<>();
    for (RetentionFacts.Stored backup : chains.newestFirst()) {
      Stream.concat(Stream.of(backup), chains.below(backup).stream())
          .map(one -> writtenFrom.get(one.id()))
          .filter(Objects::nonNull)
          .min(Instant::compareTo)
          .ifPresent(from -> ends.put(backup.id(), from.plus(time)));
    }
    return ends;
  }
}
