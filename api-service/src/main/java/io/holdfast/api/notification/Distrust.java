package io.holdfast.api.notification;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;

/**
 * Finds out why a certificate was not accepted. Pure; what the other side wrote is not repeated.
 */
final class Distrust {
  private static final String UNKNOWN = "is vouched for by nobody whom this service trusts";

  private Distrust() {}

  /** Goes on a sentence about the certificate; empty when it is not what failed. */
  static Optional<String> of(Throwable failure) {
    Optional<String> found = Optional.empty();
    // The innermost says most.
    for (Throwable at = failure; at != null; at = at.getCause()) {
      Optional<String> here = reason(at);
      found = here.isPresent() ? here : found;
    }
    return found;
  }

  private static Optional<String> reason(Throwable failure) {
    return switch (failure) {
      case CertificateExpiredException expired -> Optional.of("has expired");
      case CertificateNotYetValidException early -> Optional.of("is not valid yet");
      case CertPathBuilderException unknown -> Optional.of(UNKNOWN);
      case CertPathValidatorException invalid -> reason(invalid);
      // The JDK has no exception of its own for a certificate that is good, and of somebody else.
      case CertificateException other when other.getClass() == CertificateException.class ->
          Optional.of("is not for this name");
      case CertificateException other -> Optional.of("is not accepted");
      default -> Optional.empty();
    };
  }

  /** An authority that is not known, but is called like one that is, is told by its signature. */
  private static Optional<String> reason(CertPathValidatorException invalid) {
    if (invalid.getReason() == BasicReason.INVALID_SIGNATURE) {
      return Optional.of(UNKNOWN);
    }
    return Optional.of(
        invalid.getReason() == BasicReason.REVOKED ? "has been revoked" : "is not accepted");
  }
}
