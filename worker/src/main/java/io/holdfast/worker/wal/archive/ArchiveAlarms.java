package io.holdfast.worker.wal.archive;

import io.holdfast.model.wal.WalFileName;

/** Whom to tell that WAL was not archived. */
public interface ArchiveAlarms {
  /**
   * Returns at once; a file that is offered again is told again, so that nothing is lost when the
   * broker is away.
   *
   * @param code as {@link io.holdfast.model.event.WorkerEvent.WalRefused#code}
   * @param keptAt where the refused content lies in the repository; null: nowhere
   */
  void refused(String cluster, WalFileName file, String code, String detail, String keptAt);
}
