package io.holdfast.worker.restore;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobFailure;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Reads a backup from the first place that can give it: its own repository, or else a copy. Only
 * what says that the place is at fault leads to the next one, and only while nothing was changed.
 */
public final class Fallback {
  private static final Set<ErrorCode> OF_THE_PLACE =
      EnumSet.of(
          ErrorCode.REPOSITORY_UNAVAILABLE,
          ErrorCode.REPOSITORY_REFUSED,
          ErrorCode.BACKUP_NOT_FOUND,
          ErrorCode.MANIFEST_UNREADABLE,
          ErrorCode.ARTIFACT_DAMAGED,
          ErrorCode.NOT_AUTHENTIC,
          ErrorCode.WAL_DAMAGED,
          ErrorCode.TARGET_UNREACHABLE);

  private Fallback() {}

  /**
   * @param copies tried in this order after {@code first}
   * @param changed whether it is too late to begin anew
   * @throws JobFailure that of the first place, the others' suppressed, when none can give it
   */
  public static <T> T read(
      RepositorySpec first,
      List<RepositorySpec> copies,
      BooleanSupplier changed,
      Attempt attempt,
      Function<RepositorySpec, T> read) {
    try {
      return read.apply(first);
    } catch (JobFailure failure) {
      RepositorySpec tried = first;
      JobFailure last = failure;
      for (RepositorySpec copy : copies) {
        if (changed.getAsBoolean() || !OF_THE_PLACE.contains(last.code())) {
          break;
        }
        attempt.note(
            "READ_FROM_COPY",
            "repository '"
                + tried.name()
                + "' cannot give the backup ("
                + last.code()
                + ": "
                + last.getMessage()
                + "); it is read from its copy in '"
                + copy.name()
                + "'");
        try {
          return read.apply(copy);
        } catch (JobFailure next) {
          failure.addSuppressed(next);
          tried = copy;
          last = next;
        }
      }
      // Too late to begin anew: what went wrong last is what has to be looked at.
      throw changed.getAsBoolean() ? last : failure;
    }
  }
}
