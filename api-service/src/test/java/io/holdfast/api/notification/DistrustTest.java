package io.holdfast.api.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DistrustTest {
  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new CertificateExpiredException(), "has expired"),
        Arguments.of(new CertificateNotYetValidException(), "is not valid yet"),
        Arguments.of(
            new CertPathBuilderException("unable to find valid certification path"),
            "is vouched for by nobody whom this service trusts"),
        Arguments.of(
            invalid(BasicReason.INVALID_SIGNATURE),
            "is vouched for by nobody whom this service trusts"),
        Arguments.of(invalid(BasicReason.REVOKED), "has been revoked"),
        Arguments.of(invalid(BasicReason.ALGORITHM_CONSTRAINED), "is not accepted"),
        Arguments.of(
            new CertificateException("No name matching mail.example.com found"),
            "is not for this name"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void isSaidByWhatLiesInnermost(Exception innermost, String words) {
    Exception failure = new IOException(new SSLHandshakeException("no").initCause(innermost));

    assertThat(Distrust.of(failure)).contains(words);
  }

  @Test
  void isNoneWhenTheConnectionFailed() {
    assertThat(Distrust.of(new IOException(new IOException("refused")))).isEmpty();
  }

  private static CertPathValidatorException invalid(BasicReason reason) {
    return new CertPathValidatorException("no", null, null, -1, reason);
  }
}
