package io.holdfast.api.notification;

import io.holdfast.model.Problem;
import java.time.Duration;
import java.util.Optional;

/** A message did not arrive, or nobody knows whether it did. Holds nothing that is secret. */
final class NotSent extends Exception {
  private static final long serialVersionUID = 1L;
  private final String code;
  private final String hint;

  private NotSent(String code, String detail, String hint, Throwable cause) {
    super(detail, cause);
    this.code = code;
    this.hint = hint;
  }

  static NotSent noSecret(String name) {
    return new NotSent(
        "SECRET_MISSING",
        "there is no secret '" + name + "'",
        "mount a file of that name, or set holdfast.secret." + name + ", on every API replica",
        null);
  }

  static NotSent destination(String detail) {
    return new NotSent(
        "DESTINATION_REFUSED",
        detail,
        "use TLS and a public address, or list the host in"
            + " holdfast.notifications.allowed-destinations",
        null);
  }

  static NotSent unreachable(String what, Throwable cause) {
    Optional<String> distrust = Distrust.of(cause);
    if (distrust.isPresent()) {
      return new NotSent(
          "CERTIFICATE_REFUSED",
          "the certificate of " + what + " " + distrust.get(),
          "have it renewed for this name, or give its authority in"
              + " holdfast.notifications.certificate-authority-file",
          cause);
    }
    return new NotSent(
        "UNREACHABLE",
        what + " cannot be reached: " + cause.getClass().getSimpleName(),
        "look at name, port, certificate and what lies between",
        cause);
  }

  static NotSent late(String what, Duration within) {
    return new NotSent(
        "TIMED_OUT",
        what + " did not answer within " + within.toSeconds() + " s",
        "the message may have arrived; it is sent again with the same id",
        null);
  }

  static NotSent refused(String what, String answer) {
    return new NotSent(
        "REFUSED", what + " answered " + answer, "look at what it says in its own log", null);
  }

  Problem problem() {
    return new Problem(code, getMessage(), hint, true);
  }
}
