package io.holdfast.api.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * What an unquoted word of YAML is: null, a boolean or a number where JSON has it so, and a string
 * otherwise. Neither {@code yes} nor {@code 0123} nor {@code 2026-01-31} is anything else.
 */
final class PlainScalar {
  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,30})");
  private static final Pattern DECIMAL =
      Pattern.compile("-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?([eE][-+]?[0-9]{1,2})?");

  private PlainScalar() {}

  static JsonNode value(String word) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (word) {
      case "", "~", "null" -> nodes.nullNode();
      case "true" -> nodes.booleanNode(true);
      case "false" -> nodes.booleanNode(false);
      default -> number(word, nodes);
    };
  }

  private static JsonNode number(String word, JsonNodeFactory nodes) {
    if (INTEGER.matcher(word).matches()) {
      BigInteger number = new BigInteger(word);
      return number.bitLength() < Integer.SIZE
          ? nodes.numberNode(number.intValueExact())
          : number.bitLength() < Long.SIZE
              ? nodes.numberNode(number.longValueExact())
              : nodes.numberNode(number);
    }
    return DECIMAL.matcher(word).matches()
        ? nodes.numberNode(new BigDecimal(word))
        : nodes.textNode(word);
  }
}
