package io.holdfast.api.access;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds keys. A found key is remembered for two seconds, so that a busy caller costs no query and a
 * revocation on another replica still works at once for people.
 */
@ApplicationScoped
public class KeyRing {
  static final Duration REMEMBERED = Duration.ofSeconds(2);
  private static final Duration LAST_USED_EVERY = Duration.ofMinutes(1);
  private static final int MAX_REMEMBERED = 10_000;

  private final Map<String, Remembered> remembered = new ConcurrentHashMap<>();

  @Inject Clock clock;
  @Inject BootstrapKey bootstrap;

  private record Remembered(KnownKey key, Instant until) {}

  /** Without touching the catalog; empty when it has to be asked. */
  Optional<KnownKey> recall(ApiKeyText presented) {
    Optional<KnownKey> first = bootstrap.find(presented);
    if (first.isPresent()) {
      return first;
    }
    Remembered entry = remembered.get(presented.id());
    return entry != null
            && clock.instant().isBefore(entry.until())
            && presented.matches(entry.key().hash())
        ? Optional.of(entry.key())
        : Optional.empty();
  }

  /** Blocks on the catalog. Empty for a key that is not known, whichever half is wrong. */
  Optional<KnownKey> look(ApiKeyText presented) {
    return QuarkusTransaction.requiringNew().call(() -> load(presented));
  }

  void forget(String id) {
    remembered.remove(id);
  }

  private Optional<KnownKey> load(ApiKeyText presented) {
    ApiKeyEntity row = ApiKeyEntity.findById(presented.id());
    if (row == null || !presented.matches(row.hash)) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    KnownKey key = KnownKey.of(row);
    if (key.refusedBecause(now) == null) {
      noteUse(key.id(), row.lastUsedAt, now);
    }
    if (remembered.size() >= MAX_REMEMBERED) {
      remembered.clear();
    }
    remembered.put(key.id(), new Remembered(key, now.plus(REMEMBERED)));
    return Optional.of(key);
  }

  private static void noteUse(String id, Instant lastUsedAt, Instant now) {
    Instant due = now.minus(LAST_USED_EVERY);
    if (lastUsedAt == null || lastUsedAt.isBefore(due)) {
      ApiKeyEntity.update(
          "lastUsedAt = ?1 where id = ?2 and (lastUsedAt is null or lastUsedAt < ?3)",
          now,
          id,
          due);
    }
  }
}
