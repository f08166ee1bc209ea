package io.holdfast.worker.encryption;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.manifest.Encryption;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The seals of one cluster's WAL in one repository. What a worker writes in a day has a data key of
 * its own, and so has what another one writes: a key that leaks tells no more. Thread-safe.
 */
public final class WalSeals {
  private static final Duration LIFETIME = Duration.ofDays(1);

  private final Seals seals;
  private final EncryptionSpec spec;
  private final Repository repository;
  private final String folder;
  private final Clock clock;
  private final Map<Encryption, Seal> known = new ConcurrentHashMap<>();
  private Seal current;
  private Instant until;

  /**
   * @param seals null: nothing is encrypted
   * @param spec of what is written; null: no encryption
   * @param folder of the cluster's WAL, ending in a slash
   */
  public WalSeals(
      Seals seals, EncryptionSpec spec, Repository repository, String folder, Clock clock) {
    this.seals = seals;
    this.spec = spec;
    this.repository = repository;
    this.folder = folder;
    this.clock = clock;
  }

  /**
   * For what is written now. A new one is there for readers before it is given.
   *
   * @throws JobFailure KEY_UNAVAILABLE, KEY_REFUSED or a repository code
   */
  public synchronized Seal current() {
    if (spec == null) {
      return Seal.none();
    }
    Instant now = clock.instant();
    if (current == null || !now.isBefore(until)) {
      Seals.Begun begun = seals.begin(spec, folder);
      begun.keep(repository);
      known.put(begun.seal().describe(), begun.seal());
      current = begun.seal();
      until = now.plus(LIFETIME);
    }
    return current;
  }

  /**
   * Of what was written.
   *
   * @param encryption as its label says; null: none
   * @throws JobFailure as {@link Seals#open}
   */
  public Seal of(Encryption encryption) {
    if (encryption == null) {
      return Seal.none();
    }
    if (seals == null) {
      throw new JobFailure(
          ErrorCode.KEY_UNAVAILABLE, "encrypted WAL is read without keys here", null);
    }
    Seal seal = known.get(encryption);
    if (seal == null) {
      seal = seals.open(repository, folder, encryption);
      known.put(encryption, seal);
    }
    return seal;
  }
}
