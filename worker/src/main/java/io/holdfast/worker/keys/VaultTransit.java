package io.holdfast.worker.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.envelope.DataKey;
import io.holdfast.worker.keys.KeyServer.Answer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;

/**
 * A key of Vault's transit engine, of a kind that takes associated data, as the default {@code
 * aes256-gcm96} does. Data keys are bound by it.
 */
record VaultTransit(KeyServer server, URI address, String mount, String key, String token)
    implements KeyProvider {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public Keeper keeper() {
    return Keeper.VAULT_TRANSIT;
  }

  @Override
  public String fingerprint() {
    return mount + "/" + key;
  }

  @Override
  public byte[] wrap(DataKey dataKey, String folder) {
    ObjectNode question = question(folder, dataKey.id());
    question.put("plaintext", dataKey.secret());
    return text(ask("encrypt", "wrap", question), "ciphertext").getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public DataKey unwrap(byte[] wrapped, String folder, UUID id) {
    ObjectNode question = question(folder, id);
    question.put("ciphertext", new String(wrapped, StandardCharsets.US_ASCII));
    String plain = text(ask("decrypt", "unwrap", question), "plaintext");
    try {
      return new DataKey(id, Base64.getDecoder().decode(plain));
    } catch (IllegalArgumentException e) {
      throw server.refused("unwrap", "what came back is no data key");
    }
  }

  private static ObjectNode question(String folder, UUID id) {
    byte[] bound = ("holdfast data key 1\n" + folder + "\n" + id).getBytes(StandardCharsets.UTF_8);
    return JSON.createObjectNode().put("associated_data", bound);
  }

  private JsonNode ask(String operation, String what, ObjectNode question) {
    byte[] body = Wire.bytes(question);
    URI uri = address.resolve("/v1/" + mount + "/" + operation + "/" + key);
    Answer answer =
        server.ask(
            () ->
                HttpRequest.newBuilder(uri)
                    .header("X-Vault-Token", token)
                    .header("X-Vault-Request", "true")
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    if (!answer.ok()) {
      // Vault quotes nothing of the payload in its errors.
      throw server.refused(what, "status " + answer.status() + " " + answer.body().path("errors"));
    }
    return answer.body().path("data");
  }

  private String text(JsonNode data, String field) {
    String text = data.path(field).asText("");
    if (text.isEmpty()) {
      throw server.refused("answer as Vault does", "there is no " + field);
    }
    return text;
  }

  @Override
  public String toString() {
    return "VaultTransit[" + fingerprint() + "]";
  }
}
