package io.holdfast.worker.verify;

import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.secret.Credentials;
import java.nio.file.Path;
import java.time.Clock;

/**
 * What a verification works with.
 *
 * @param scratch where throw-away servers live
 */
public record VerifyRooms(
    RepositoryFactory repositories,
    Credentials credentials,
    PgTools programs,
    Path scratch,
    Clock clock) {
  Seals seals() {
    return new Seals(new Keyring(credentials));
  }
}
