package io.holdfast.worker.restore;

import io.holdfast.worker.node.NodeProbe;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.secret.Credentials;
import java.nio.file.Path;
import java.time.Clock;

/**
 * What a restore works with.
 *
 * @param scratch for parallel restores of dumps
 */
public record RestoreRooms(
    RepositoryFactory repositories,
    NodeProbe nodes,
    Credentials credentials,
    PgTools programs,
    Connections connections,
    Path scratch,
    Clock clock) {}
