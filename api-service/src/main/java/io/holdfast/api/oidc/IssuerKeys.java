package io.holdfast.api.oidc;

import io.holdfast.api.problem.ApiProblem;
import java.io.IOException;
import java.security.Key;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.VerificationJwkSelector;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/**
 * The public keys of one issuer. They are asked for when they are first needed, when they are old,
 * and when a token names one that is not among them, since issuers change keys without a word; but
 * never more often than {@link Ages#askedEvery}, because anybody can send a token that names
 * anything. Thread-safe; one thread asks, and only those that cannot do without wait for it.
 */
final class IssuerKeys {
  private static final Logger LOG = Logger.getLogger(IssuerKeys.class);
  private static final VerificationJwkSelector SELECTOR = new VerificationJwkSelector();

  /** Asks the issuer. Blocks. */
  interface Documents {
    List<JsonWebKey> keys() throws IOException;
  }

  /** How long keys are good for. */
  record Ages(Duration freshFor, Duration keptFor, Duration askedEvery) {}

  private record Known(List<JsonWebKey> keys, Instant since) {}

  private final String name;
  private final Documents documents;
  private final Ages ages;
  private final Clock clock;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile Known known = new Known(List.of(), Instant.MIN);
  private volatile Instant askedAt = Instant.MIN;

  IssuerKeys(String name, Documents documents, Ages ages, Clock clock) {
    this.name = name;
    this.documents = documents;
    this.ages = ages;
    this.clock = clock;
  }

  /**
   * The key that the token says it is signed with; empty when the issuer has none such.
   *
   * @throws ApiProblem 503 when the issuer's keys are not to be had
   */
  Optional<Key> find(JsonWebSignature token) throws JoseException {
    Optional<Key> key = select(token);
    if (key.isPresent() && older(ages.freshFor()) && asking.tryLock()) {
      // Whoever comes meanwhile makes do with what there is.
      try {
        ask();
      } finally {
        asking.unlock();
      }
      key = select(token);
    } else if (key.isEmpty() && refresh()) {
      key = select(token);
    }
    if (key.isEmpty() && older(ages.keptFor())) {
      throw new ApiProblem(
          503,
          "issuer-unavailable",
          "The keys of issuer '" + name + "' cannot be read right now.",
          "Try again after Retry-After; the log of the API says what its issuer answers.");
    }
    return key;
  }

  private Optional<Key> select(JsonWebSignature token) throws JoseException {
    Known now = known;
    if (older(ages.keptFor())) {
      return Optional.empty();
    }
    return Optional.ofNullable(SELECTOR.select(token, now.keys())).map(JsonWebKey::getKey);
  }

  /** Whether there may be other keys than before. */
  private boolean refresh() {
    Instant seen = known.since();
    asking.lock();
    try {
      return !known.since().equals(seen) || ask();
    } finally {
      asking.unlock();
    }
  }

  private boolean ask() {
    Instant now = clock.instant();
    if (now.isBefore(later(askedAt, ages.askedEvery()))) {
      return false;
    }
    askedAt = now;
    try {
      known = new Known(documents.keys(), now);
      return true;
    } catch (IOException unreachable) {
      LOG.warnf("the keys of issuer '%s' cannot be read: %s", name, unreachable.getMessage());
      return false;
    }
  }

  private boolean older(Duration age) {
    return !clock.instant().isBefore(later(known.since(), age));
  }

  private static Instant later(Instant then, Duration by) {
    return then.equals(Instant.MIN) ? Instant.MIN : then.plus(by);
  }
}
