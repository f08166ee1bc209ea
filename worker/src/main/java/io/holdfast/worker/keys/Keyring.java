package io.holdfast.worker.keys;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.worker.envelope.KeyWrap;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.openpgp.OpenPgpKeys;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.secret.EnvelopeKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.UnaryOperator;

/** The worker's keys by name. Thread-safe. */
public final class Keyring {
  private final Credentials credentials;
  private final UnaryOperator<String> environment;
  private final OpenPgpKeys openPgp;

  public Keyring(Credentials credentials) {
    this(credentials, System::getenv, Clock.systemUTC());
  }

  /**
   * @param environment name -> value; null for none
   */
  Keyring(Credentials credentials, UnaryOperator<String> environment, Clock clock) {
    this.credentials = credentials;
    this.environment = environment;
    this.openPgp = new OpenPgpKeys(credentials, clock);
  }

  public OpenPgpKeys openPgp() {
    return openPgp;
  }

  /**
   * A key-encryption key as it is now.
   *
   * @throws JobFailure KEY_UNAVAILABLE when this worker has none of that name or cannot read it
   */
  public KeyProvider envelope(SecretRef ref) {
    EnvelopeKey where = credentials.envelopeKey(ref);
    String text = where.file() != null ? file(ref, where.file()) : variable(ref, where);
    try {
      return new LocalKey(ref.name(), KeyWrap.parse(text));
    } catch (IllegalArgumentException e) {
      throw unusable(ref, e.getMessage(), null);
    }
  }

  private String variable(SecretRef ref, EnvelopeKey where) {
    String value = environment.apply(where.environment());
    if (value == null) {
      throw unusable(ref, "the environment has no variable " + where.environment(), null);
    }
    return value;
  }

  private static String file(SecretRef ref, String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw unusable(ref, "its file cannot be read", e);
    }
  }

  private static JobFailure unusable(SecretRef ref, String why, IOException cause) {
    return new JobFailure(
        ErrorCode.KEY_UNAVAILABLE,
        "key '" + ref + "' cannot be used: " + why,
        "A key is one line, 32 bytes in Base64, as 'openssl rand -base64 32' writes it; look at"
            + " keys.envelope."
            + ref
            + " in the worker's credentials file.",
        cause);
  }
}
