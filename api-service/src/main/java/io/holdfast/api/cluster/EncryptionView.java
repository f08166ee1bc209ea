package io.holdfast.api.cluster;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.ResourceName;
import io.holdfast.model.SecretRef;
import io.holdfast.model.encryption.EncryptionSpec;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.HashSet;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How the workers encrypt everything of a cluster, with names of keys that only they have. */
@Schema(name = "Encryption")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EncryptionView(
    @Schema(
            description =
                "ENVELOPE: with random data keys that a key-encryption key wraps; OPENPGP: to the"
                    + " holders of private keys, as gpg reads it")
        @NotNull
        @Pattern(regexp = "ENVELOPE|OPENPGP", message = "must be ENVELOPE or OPENPGP")
        String type,
    @Schema(description = "With type ENVELOPE") @Valid EnvelopeView envelope,
    @Schema(description = "With type OPENPGP") @Valid OpenPgpView openPgp) {

  /** A key-encryption key. */
  @Schema(name = "EnvelopeEncryption")
  public record EnvelopeView(
      @Schema(description = "Name of the key-encryption key in the worker's credentials file")
          @NotNull
          @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a key")
          String key) {}

  /** Public keys, and the workers' own to sign with. */
  @Schema(name = "OpenPgpEncryption")
  public record OpenPgpView(
      @Schema(description = "Names of public keys in the worker's credentials file")
          @NotNull
          @Size(min = 1, max = EncryptionSpec.OpenPgp.MOST_RECIPIENTS)
          List<
                  @NotNull
                  @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a key")
                  String>
              recipients,
      @Schema(description = "Name of the key pair that the workers sign with")
          @NotNull
          @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a key")
          String signer) {}

  static EncryptionView of(EncryptionSpec spec) {
    return switch (spec) {
      case null -> null;
      case EncryptionSpec.Envelope envelope ->
          new EncryptionView("ENVELOPE", new EnvelopeView(envelope.key().name()), null);
      case EncryptionSpec.OpenPgp openPgp ->
          new EncryptionView(
              "OPENPGP",
              null,
              new OpenPgpView(
                  openPgp.recipients().stream().map(SecretRef::name).toList(),
                  openPgp.signer().name()));
    };
  }

  /**
   * @throws ApiProblem 422
   */
  EncryptionSpec spec() {
    boolean enveloped = type.equals("ENVELOPE");
    require(enveloped == (envelope != null), "encryption.envelope", "goes with type ENVELOPE");
    require(enveloped == (openPgp == null), "encryption.openPgp", "goes with type OPENPGP");
    if (enveloped) {
      return new EncryptionSpec.Envelope(new SecretRef(envelope.key()));
    }
    require(
        new HashSet<>(openPgp.recipients()).size() == openPgp.recipients().size(),
        "encryption.openPgp.recipients",
        "must name every key once");
    return new EncryptionSpec.OpenPgp(
        openPgp.recipients().stream().map(SecretRef::new).toList(),
        new SecretRef(openPgp.signer()));
  }

  private static void require(boolean holds, String field, String message) {
    if (!holds) {
      throw ApiProblem.invalid(field, message, "Correct it.");
    }
  }
}
