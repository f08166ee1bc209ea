package io.holdfast.worker.expire;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.RunId;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.Claim;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import java.time.Clock;
import java.util.Locale;

/**
 * Attempts at one expiration, fenced where they delete: an attempt that sees the mark of a later
 * one removes nothing more.
 */
final class Fence {
  private final Repository repository;
  private final Attempt attempt;
  private final String folder;

  private Fence(Repository repository, Attempt attempt, String folder) {
    this.repository = repository;
    this.attempt = attempt;
    this.folder = folder;
  }

  static Fence raise(Repository repository, String cluster, Attempt attempt, Clock clock) {
    Fence fence =
        new Fence(repository, attempt, BackupLayout.expirations(cluster) + attempt.jobId() + "/");
    Claim mine =
        new Claim(
            attempt.jobId(),
            attempt.number(),
            RunId.next(clock),
            attempt.worker(),
            clock.instant(),
            null);
    // False when this attempt was begun before; whoever did is gone, or has no lease.
    boolean unused = repository.createPassing(fence.mark(), Wire.document(mine));
    fence.require();
    return fence;
  }

  private String mark() {
    return folder + String.format(Locale.ROOT, "%04d.json", attempt.number());
  }

  /**
   * @throws JobFailure SUPERSEDED when a later attempt has begun
   */
  void require() {
    attempt.requireHeld();
    repository.list(folder).stream()
        .map(ObjectStat::key)
        .filter(mark -> mark.compareTo(mark()) > 0)
        .findFirst()
        .ifPresent(
            later -> {
              throw new JobFailure(
                  ErrorCode.SUPERSEDED,
                  "attempt " + attempt.number() + " of this expiration is over: '" + later + "'",
                  "Nothing to do: the other attempt carries on.");
            });
  }
}
