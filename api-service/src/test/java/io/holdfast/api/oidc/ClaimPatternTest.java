package io.holdfast.api.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimPatternTest {
  @ParameterizedTest
  @CsvSource({
    "acme/orders, acme/orders, true",
    "acme/orders, acme/orders2, false",
    "acme/orders, ACME/orders, false",
    "acme/*, acme/orders, true",
    "acme/*, acme/orders/x, false",
    "acme/*, acme2/orders, false",
    "refs/heads/**, refs/heads/release/1, true",
    "refs/heads/*, refs/heads/release/1, false",
    "repo:acme/orders:*, repo:acme/orders:pull_request, true",
    "repo:acme/orders:*, repo:acme/orders:ref:refs/heads/main, false",
    "repo:acme/orders:**, repo:acme/orders:ref:refs/heads/main, true",
    "a.c, abc, false",
    "(a|b), a, false",
    "v*, v1.2, true",
  })
  void takesOnlyWhatItSays(String pattern, String value, boolean taken) {
    assertThat(new ClaimPattern(pattern).matches(value)).isEqualTo(taken);
  }

  @ParameterizedTest
  @CsvSource({"*, false", "**, false", "*/orders, false", "acme/*, true", "'', false"})
  void isSelectiveWhenItsBeginningIsGiven(String pattern, boolean selective) {
    assertThat(new ClaimPattern(pattern).selective()).isEqualTo(selective);
  }
}
