package io.holdfast.api.ledger;

import io.holdfast.model.Lsn;
import java.time.Instant;

/**
 * What a backup must lead to. At most one of the first three is given; none of them means that the
 * newest backup will do.
 *
 * @param timeline {@code latest}, {@code current} or a decimal number
 * @param archive whether WAL of the archive is replayed at all
 */
public record RecoveryWish(
    Instant time, Lsn lsn, String restorePoint, String timeline, boolean archive) {}
