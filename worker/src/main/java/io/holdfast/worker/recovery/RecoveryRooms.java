package io.holdfast.worker.recovery;

import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.wal.fetch.WalFetch;

/**
 * What recovery works with.
 *
 * @param fetching how WAL is read from the archive
 */
public record RecoveryRooms(PgTools programs, WalFetch.Settings fetching, Waiter waiter) {
  public static RecoveryRooms of(PgTools programs) {
    return new RecoveryRooms(programs, WalFetch.Settings.standard(), Waiter.real());
  }
}
