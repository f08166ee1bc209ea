package io.holdfast.api.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.problem.BodyProblems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a body apart into documents: one declaration, an array of them, an object with {@code
 * items} as an export has it, or, in YAML, any number of documents of these forms.
 */
final class FleetSyntax {
  private final List<FleetDocument> documents = new ArrayList<>();

  private FleetSyntax() {}

  /**
   * @throws ApiProblem 400 or 422
   */
  static List<FleetDocument> documents(byte[] body, boolean yaml, ObjectMapper json) {
    FleetSyntax syntax = new FleetSyntax();
    if (yaml) {
      YamlTree.read(text(body)).forEach(document -> syntax.add(document.value(), document.line()));
    } else {
      syntax.add(tree(body, json), 0);
    }
    return syntax.documents;
  }

  private void add(JsonNode node, int line) {
    if (YamlTree.empty(node) || node.isMissingNode()) {
      return;
    }
    JsonNode items = node.isObject() && !node.has("kind") ? node.get("items") : node;
    if (items != null && items.isArray()) {
      items.forEach(item -> documents.add(new FleetDocument(documents.size(), line, item)));
    } else {
      documents.add(new FleetDocument(documents.size(), line, node));
    }
  }

  private static JsonNode tree(byte[] body, ObjectMapper json) {
    try {
      return json.readTree(body);
    } catch (JsonProcessingException malformed) {
      throw BodyProblems.of(malformed);
    } catch (IOException neverFromMemory) {
      throw new UncheckedIOException(neverFromMemory);
    }
  }

  private static String text(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException notText) {
      throw new ApiProblem(
          400, "malformed-request", "The body is not text in UTF-8.", "Save the file as UTF-8.");
    }
  }
}
