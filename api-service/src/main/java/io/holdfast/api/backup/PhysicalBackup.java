package io.holdfast.api.backup;

import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import java.time.Instant;

/**
 * What recovery needs to know of a base backup.
 *
 * @param available false: suspect; never chosen without being asked for
 * @param timeline on which it was taken
 * @param stopLsn the first position that can be reached from it
 */
public record PhysicalBackup(
    BackupId id,
    boolean available,
    Instant finishedAt,
    String systemIdentifier,
    int timeline,
    Lsn startLsn,
    Lsn stopLsn) {}
