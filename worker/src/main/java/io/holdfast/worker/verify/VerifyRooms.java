package io.holdfast.worker.verify;

import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.repository.RepositoryFactory;
import java.nio.file.Path;
import java.time.Clock;

/**
 * What a verification works with.
 *
 * @param scratch where throw-away servers live
 */
public record VerifyRooms(
    RepositoryFactory repositories, PgTools programs, Path scratch, Clock clock) {}
