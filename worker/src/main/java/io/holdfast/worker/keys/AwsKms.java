package io.holdfast.worker.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.envelope.DataKey;
import io.holdfast.worker.keys.KeyServer.Answer;
import java.net.URI;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;

/**
 * A symmetric key of AWS KMS, or of what speaks its protocol. Data keys are bound by the encryption
 * context, which also stands in the service's own log.
 *
 * @param keyId id, ARN or alias
 */
record AwsKms(KeyServer server, URI endpoint, String keyId, SigV4 signer, Clock clock)
    implements KeyProvider {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public Keeper keeper() {
    return Keeper.AWS_KMS;
  }

  @Override
  public String fingerprint() {
    return keyId;
  }

  @Override
  public byte[] wrap(DataKey key, String folder) {
    ObjectNode question = question(folder, key.id());
    question.put("Plaintext", key.secret());
    return bytes(ask("Encrypt", "wrap", question), "CiphertextBlob");
  }

  @Override
  public DataKey unwrap(byte[] wrapped, String folder, UUID id) {
    ObjectNode question = question(folder, id);
    question.put("CiphertextBlob", wrapped);
    return new DataKey(id, bytes(ask("Decrypt", "unwrap", question), "Plaintext"));
  }

  private ObjectNode question(String folder, UUID id) {
    ObjectNode question = JSON.createObjectNode();
    question.put("KeyId", keyId);
    question
        .putObject("EncryptionContext")
        .put("holdfast:folder", folder)
        .put("holdfast:dataKeyId", id.toString());
    return question;
  }

  private JsonNode ask(String operation, String what, ObjectNode question) {
    byte[] body = Wire.bytes(question);
    Answer answer =
        server.ask(
            () ->
                signer.post(
                    endpoint,
                    Map.of(
                        "content-type",
                        "application/x-amz-json-1.1",
                        "x-amz-target",
                        "TrentService." + operation),
                    body,
                    clock.instant()));
    if (!answer.ok()) {
      String type = answer.body().path("__type").asText("status " + answer.status());
      throw server.refused(what, type.substring(type.indexOf('#') + 1));
    }
    return answer.body();
  }

  private byte[] bytes(JsonNode answer, String field) {
    String text = answer.path(field).asText("");
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (bytes.length > 0) {
        return bytes;
      }
    } catch (IllegalArgumentException notBase64) {
      // Told below, without what came instead.
    }
    throw server.refused("answer as AWS KMS does", "there is no " + field);
  }
}
