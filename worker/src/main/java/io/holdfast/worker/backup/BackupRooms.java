package io.holdfast.worker.backup;

import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.node.NodeProbe;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.secret.Credentials;
import java.nio.file.Path;
import java.time.Clock;

/**
 * What a backup works with.
 *
 * @param scratch used by parallel dumps in directory format and by nothing else
 * @param version of this worker, for the manifest
 */
public record BackupRooms(
    RepositoryFactory repositories,
    NodeProbe nodes,
    Credentials credentials,
    PgTools programs,
    Connections connections,
    Path scratch,
    Clock clock,
    String version) {
  Seals seals() {
    return new Seals(new Keyring(credentials));
  }
}
