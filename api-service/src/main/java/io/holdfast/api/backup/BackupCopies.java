package io.holdfast.api.backup;

import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.BackupId;
import io.holdfast.model.Problem;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Where else backups lie. Looks at no scope: whoever asks knows the backup already. */
@ApplicationScoped
public class BackupCopies {
  private static final List<String> ORDER =
      List.of(
          BackupCopyEntity.VERIFIED,
          BackupCopyEntity.FOUND,
          BackupCopyEntity.COPIED,
          BackupCopyEntity.FAILED);

  /**
   * Where a backup may be read besides its first repository, in the order to try them: what was
   * verified last comes first, what failed once comes last, since a reader compares every digest.
   */
  @Transactional
  public List<String> readable(BackupId id) {
    return BackupCopyEntity.of(UUID.fromString(id.value())).stream()
        .filter(row -> ORDER.contains(row.state))
        .sorted(
            Comparator.comparingInt((BackupCopyEntity row) -> ORDER.indexOf(row.state))
                .thenComparing(
                    row -> row.verifiedAt, Comparator.nullsLast(Comparator.reverseOrder())))
        .map(row -> row.key.repository())
        .toList();
  }

  /**
   * A verification read a backup in a repository and found it good; whether that is a copy of it.
   */
  @Transactional
  public boolean verified(BackupId id, String repository, Instant at) {
    BackupCopyEntity row = find(id, repository);
    if (row == null || row.unwanted()) {
      return row != null;
    }
    row.state = BackupCopyEntity.VERIFIED;
    row.verifiedAt = at;
    row.problem = null;
    row.nextAt = null;
    return true;
  }

  /**
   * As {@link #verified}, when it was found damaged: a copy is not used any more until it was
   * copied again, which mends it.
   */
  @Transactional
  public boolean damaged(BackupId id, String repository, Problem problem, Instant at) {
    BackupCopyEntity row = find(id, repository);
    if (row == null || row.unwanted()) {
      return row != null;
    }
    row.state = BackupCopyEntity.FAILED;
    row.problem = Wire.text(problem);
    row.nextAt = at;
    return true;
  }

  /** Every repository in which a backup lies, its first one before the others. */
  @Transactional
  public List<String> places(BackupQueries.Known backup) {
    return Stream.concat(Stream.of(backup.repository()), readable(backup.id()).stream())
        .distinct()
        .toList();
  }

  private static BackupCopyEntity find(BackupId id, String repository) {
    return BackupCopyEntity.findById(
        new BackupCopyEntity.Key(UUID.fromString(id.value()), repository));
  }

  /**
   * The place to read a backup from: the one that is asked for, or its first.
   *
   * @param asked null: not said
   * @throws ApiProblem 422 when there is no copy there
   */
  @Transactional
  public String place(BackupQueries.Known backup, String asked) {
    if (asked == null || asked.equals(backup.repository())) {
      return backup.repository();
    }
    BackupCopyEntity row = find(backup.id(), asked);
    if (row == null || row.state.equals(BackupCopyEntity.COPYING) || row.unwanted()) {
      throw ApiProblem.invalid(
          "repository",
          "there is no copy of backup " + backup.id() + " in repository '" + asked + "'",
          "GET /backups/" + backup.id() + " shows where it lies.");
    }
    return asked;
  }
}
