package io.holdfast.api.fleet;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A document as it was sent, in whichever syntax.
 *
 * @param index from 0, through everything that was sent
 * @param line where it begins; 0 when nobody knows
 */
record FleetDocument(int index, int line, JsonNode tree) {
  String field(String path) {
    return "documents[" + index + "]" + (path.isEmpty() ? "" : "." + path);
  }
}
