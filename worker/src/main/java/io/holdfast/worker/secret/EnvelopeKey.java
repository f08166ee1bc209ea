package io.holdfast.worker.secret;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Where a key-encryption key is kept. Exactly one of these is given.
 *
 * @param file one line, 32 bytes in Base64
 * @param environment the variable that holds the same
 */
public record EnvelopeKey(
    String file, String environment, AwsKms awsKms, VaultTransit vaultTransit) {
  long given() {
    return Stream.of(file, environment, awsKms, vaultTransit).filter(Objects::nonNull).count();
  }

  /**
   * A symmetric key of AWS KMS, or of what speaks its protocol.
   *
   * @param keyId id, ARN or alias
   * @param certificateAuthorityFile PEM; null: those that the JVM trusts
   */
  public record AwsKms(
      @JsonProperty(required = true) String endpoint,
      @JsonProperty(required = true) String region,
      @JsonProperty(required = true) String keyId,
      @JsonProperty(required = true) String accessKey,
      @JsonProperty(required = true) String secretKeyFile,
      String certificateAuthorityFile) {
    @Override
    public String toString() {
      return "AwsKms[" + endpoint + ", " + keyId + "]";
    }
  }

  /**
   * A key of Vault's transit engine.
   *
   * @param mount where the engine is mounted; null: {@code transit}
   * @param certificateAuthorityFile PEM; null: those that the JVM trusts
   */
  public record VaultTransit(
      @JsonProperty(required = true) String address,
      String mount,
      @JsonProperty(required = true) String key,
      @JsonProperty(required = true) String tokenFile,
      String certificateAuthorityFile) {
    public VaultTransit {
      mount = mount == null ? "transit" : mount;
    }
  }
}
