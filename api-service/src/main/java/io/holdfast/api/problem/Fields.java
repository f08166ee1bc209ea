package io.holdfast.api.problem;

import com.fasterxml.jackson.databind.JsonMappingException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;

/** Names a field as the caller wrote it: {@code nodes[0].port}. */
public final class Fields {
  private Fields() {}

  static String ofJson(JsonMappingException invalid) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : invalid.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(shortened(step.getFieldName()));
      }
    }
    return path.isEmpty() ? "body" : path.toString();
  }

  /** Without the method, and without the parameter when it is the body. */
  public static String ofViolation(Path violated) {
    StringBuilder path = new StringBuilder();
    String parameter = "body";
    for (Path.Node node : violated) {
      if (node.getKind() == ElementKind.METHOD) {
        continue;
      }
      if (node.getKind() == ElementKind.PARAMETER) {
        parameter = node.getName();
        continue;
      }
      if (node.isInIterable() && node.getIndex() != null) {
        path.append('[').append(node.getIndex()).append(']');
      } else if (node.isInIterable() && node.getKey() != null) {
        path.append('[').append(shortened(node.getKey().toString())).append(']');
      }
      if (node.getName() != null && node.getKind() == ElementKind.PROPERTY) {
        path.append(path.isEmpty() ? "" : ".").append(node.getName());
      }
    }
    return path.isEmpty() ? parameter : path.toString();
  }

  private static String shortened(String name) {
    return name.length() <= 64 ? name : name.substring(0, 64) + "...";
  }
}
