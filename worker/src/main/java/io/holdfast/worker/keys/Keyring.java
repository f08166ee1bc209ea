package io.holdfast.worker.keys;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.worker.envelope.KeyWrap;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.openpgp.OpenPgpKeys;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.secret.EnvelopeKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** The worker's keys by name. Thread-safe. */
public final class Keyring {
  private static final Pattern PATH = Pattern.compile("[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*");

  private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}");

  private final Credentials credentials;
  private final UnaryOperator<String> environment;
  private final Clock clock;
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
    this.clock = clock;
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
    try {
      if (where.awsKms() != null) {
        return aws(ref, where.awsKms());
      }
      if (where.vaultTransit() != null) {
        return vault(ref, where.vaultTransit());
      }
      String text = where.file() != null ? file(ref, where.file()) : variable(ref, where);
      return new LocalKey(ref.name(), KeyWrap.parse(text));
    } catch (IllegalArgumentException e) {
      throw unusable(ref, e.getMessage(), null);
    }
  }

  private KeyProvider aws(SecretRef ref, EnvelopeKey.AwsKms kms) {
    return new AwsKms(
        KeyServer.of(ref.name(), kms.certificateAuthorityFile()),
        server(kms.endpoint()),
        kms.keyId(),
        new SigV4(kms.accessKey(), file(ref, kms.secretKeyFile()).strip(), kms.region(), "kms"),
        clock);
  }

  private static KeyProvider vault(SecretRef ref, EnvelopeKey.VaultTransit vault) {
    if (!PATH.matcher(vault.mount()).matches() || !PATH.matcher(vault.key()).matches()) {
      throw new IllegalArgumentException("mount and key are plain names");
    }
    return new VaultTransit(
        KeyServer.of(ref.name(), vault.certificateAuthorityFile()),
        server(vault.address()),
        vault.mount(),
        vault.key(),
        file(ref, vault.tokenFile()).strip());
  }

  /** Data keys travel there: over TLS, or not beyond this host. */
  private static URI server(String address) {
    URI uri = URI.create(address);
    if (uri.getHost() == null
        || !("https".equals(uri.getScheme())
            || "http".equals(uri.getScheme()) && LOOPBACK.matcher(uri.getHost()).matches())) {
      throw new IllegalArgumentException("its address must begin with https://");
    }
    return uri;
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
      throw unusable(ref, "a file of it cannot be read", e);
    }
  }

  private static JobFailure unusable(SecretRef ref, String why, IOException cause) {
    return new JobFailure(
        ErrorCode.KEY_UNAVAILABLE,
        "key '" + ref + "' cannot be used: " + why,
        "Look at keys.envelope."
            + ref
            + " in the worker's credentials file; a key in a file is one line, 32 bytes in Base64,"
            + " as 'openssl rand -base64 32' writes it.",
        cause);
  }
}
