package io.holdfast.worker.recovery;

import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.wal.fetch.WalFetch;

/**
 * What recovery works with.
 *
 * @param seals of the WAL that is read
 * @param fetching how WAL is read from the archive
 */
public record RecoveryRooms(
    PgTools programs, Seals seals, WalFetch.Settings fetching, Waiter waiter) {
  public static RecoveryRooms of(PgTools programs, Seals seals) {
    return new RecoveryRooms(programs, seals, WalFetch.Settings.standard(), Waiter.real());
  }
}
