package io.holdfast.api.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.testing.TestIssuer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;

class IssuerKeysTest {
  private static final PublicJsonWebKey FIRST = TestIssuer.key("first");
  private static final PublicJsonWebKey SECOND = TestIssuer.key("second");

  private final MovedClock clock = new MovedClock();
  private List<JsonWebKey> published = List.of(FIRST);
  private int asked;

  private final IssuerKeys keys =
      new IssuerKeys(
          "ci",
          () -> {
            asked++;
            if (published == null) {
              throw new IOException("away");
            }
            return published;
          },
          new IssuerKeys.Ages(Duration.ofHours(1), Duration.ofHours(24), Duration.ofSeconds(10)),
          clock);

  @Test
  void asksOnceForManyTokens() throws JoseException {
    for (int i = 0; i < 100; i++) {
      assertThat(keys.find(signedBy("first"))).contains(FIRST.getKey());
    }

    assertThat(asked).isEqualTo(1);
  }

  @Test
  void asksAgainForAKeyThatItDoesNotKnow() throws JoseException {
    assertThat(keys.find(signedBy("first"))).isPresent();
    published = List.of(SECOND);
    clock.move(Duration.ofSeconds(10));

    assertThat(keys.find(signedBy("second"))).contains(SECOND.getKey());
    assertThat(keys.find(signedBy("first"))).as("withdrawn").isEmpty();
  }

  @Test
  void asksAtMostOnceInTenSecondsWhateverTokensSay() throws JoseException {
    for (int i = 0; i < 100; i++) {
      clock.move(Duration.ofMillis(200));
      assertThat(keys.find(signedBy("no-such-" + i))).isEmpty();
    }

    assertThat(asked).isEqualTo(2);
  }

  @Test
  void asksAgainWhenKeysAreOldAndForgetsWhatWasWithdrawn() throws JoseException {
    assertThat(keys.find(signedBy("first"))).isPresent();
    published = List.of(SECOND);
    clock.move(Duration.ofMinutes(59));
    assertThat(keys.find(signedBy("first"))).isPresent();
    clock.move(Duration.ofMinutes(1));

    assertThat(keys.find(signedBy("first"))).isEmpty();
  }

  @Test
  void usesOldKeysForADayWhileTheIssuerIsAway() throws JoseException {
    assertThat(keys.find(signedBy("first"))).isPresent();
    published = null;
    clock.move(Duration.ofHours(23));
    assertThat(keys.find(signedBy("first"))).isPresent();
    clock.move(Duration.ofHours(1));

    assertThatThrownBy(() -> keys.find(signedBy("first")))
        .isInstanceOf(ApiProblem.class)
        .hasMessage("The keys of issuer 'ci' cannot be read right now.");
  }

  @Test
  void saysThatTheIssuerIsAwayAndTriesAgainInTenSeconds() throws JoseException {
    published = null;
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> keys.find(signedBy("first")))
          .isInstanceOfSatisfying(
              ApiProblem.class, problem -> assertThat(problem.status()).isEqualTo(503));
    }
    assertThat(asked).isEqualTo(1);
    published = List.of(FIRST);
    clock.move(Duration.ofSeconds(10));

    assertThat(keys.find(signedBy("first"))).isPresent();
  }

  private static JsonWebSignature signedBy(String keyId) {
    JsonWebSignature token = new JsonWebSignature();
    token.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
    token.setKeyIdHeaderValue(keyId);
    return token;
  }

  private static final class MovedClock extends Clock {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    void move(Duration by) {
      now = now.plus(by);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
