package io.holdfast.api.testing;

import io.restassured.RestAssured;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An operation of the document that the running service serves. */
public record Operation(
    String id,
    String method,
    String path,
    String summary,
    List<String> tags,
    Set<String> statuses,
    boolean hasBody) {

  /** Every operation there is, whoever wrote it. */
  @SuppressWarnings("unchecked")
  public static List<Operation> all() {
    Map<String, Map<String, Object>> paths =
        RestAssured.given()
            .accept("application/json")
            .get("/q/openapi?format=json")
            .then()
            .statusCode(200)
            .extract()
            .jsonPath()
            .getMap("paths");
    List<Operation> operations = new ArrayList<>();
    paths.forEach(
        (path, item) ->
            item.forEach(
                (method, value) -> {
                  if (value instanceof Map<?, ?> raw && raw.containsKey("responses")) {
                    Map<String, Object> operation = (Map<String, Object>) raw;
                    operations.add(
                        new Operation(
                            (String) operation.get("operationId"),
                            method.toUpperCase(java.util.Locale.ROOT),
                            path,
                            (String) operation.get("summary"),
                            operation.containsKey("tags")
                                ? (List<String>) operation.get("tags")
                                : List.of(),
                            ((Map<String, Object>) operation.get("responses")).keySet(),
                            operation.containsKey("requestBody")));
                  }
                }));
    return operations;
  }
}
