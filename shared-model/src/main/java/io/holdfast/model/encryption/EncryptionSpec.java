package io.holdfast.model.encryption;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.holdfast.model.SecretRef;
import java.util.List;

/**
 * With what the worker encrypts everything of a cluster. Names only: the keys lie in the worker's
 * credentials file.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = EncryptionSpec.OpenPgp.class, name = "OPENPGP"),
  @JsonSubTypes.Type(value = EncryptionSpec.Envelope.class, name = "ENVELOPE")
})
public sealed interface EncryptionSpec {
  /**
   * To the holders of any of some private keys, which the worker itself need not have.
   *
   * @param recipients 1 to 16 public keys
   * @param signer the worker's own key pair; what it signed is told from what others put there
   */
  record OpenPgp(List<SecretRef> recipients, SecretRef signer) implements EncryptionSpec {
    public static final int MOST_RECIPIENTS = 16;

    public OpenPgp {
      recipients = List.copyOf(recipients);
      if (recipients.isEmpty() || recipients.size() > MOST_RECIPIENTS) {
        throw new IllegalArgumentException("recipients must be 1 to 16 keys");
      }
      if (signer == null) {
        throw new IllegalArgumentException("a signer is needed");
      }
    }
  }

  /**
   * With random data keys, which a key-encryption key wraps.
   *
   * @param key the key-encryption key
   */
  record Envelope(SecretRef key) implements EncryptionSpec {
    public Envelope {
      if (key == null) {
        throw new IllegalArgumentException("a key is needed");
      }
    }
  }
}
