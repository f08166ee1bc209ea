package io.holdfast.api.openapi;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/**
 * Completes the document: the bearer key, the one problem schema on every operation, and the words
 * that apply to all of it.
 */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public class ContractFilter implements OASFilter {
  private static final String SCHEME = "apiKey";
  private static final String PROBLEM = "Problem";

  private static final Map<String, String> PROBLEMS =
      new TreeMap<>(
          Map.of(
              "400", "The body is not JSON, or a parameter is not of its type or range.",
              "401", "The API key or token is missing, unknown, expired or revoked.",
              "403", "The role of the caller does not allow this.",
              "422", "A field or parameter is not valid; violations says which.",
              "default", "Any other problem; code says which."));

  @Override
  public void filterOpenAPI(OpenAPI document) {
    document.setInfo(
        OASFactory.createInfo()
            .title("Holdfast API")
            .version("1")
            .description(
                "PostgreSQL backups that are proven restorable. Long work answers 202 with a job;"
                    + " every error is application/problem+json with a stable code and a hint."
                    + " States are open strings: new values may follow, so decide by done and"
                    + " outcome."));
    Components components =
        document.getComponents() == null ? OASFactory.createComponents() : document.getComponents();
    components.addSecurityScheme(SCHEME, bearer());
    components.addSchema(PROBLEM, problem());
    components.addSchema("Violation", violation());
    document.setComponents(components);
    document.setSecurity(
        List.of(OASFactory.createSecurityRequirement().addScheme(SCHEME, List.of())));
    document.getPaths().getPathItems().forEach((path, item) -> complete(item, path.contains("{")));
  }

  private static void complete(PathItem item, boolean named) {
    for (Operation operation : item.getOperations().values()) {
      ScheduleHeader.describe(operation);
      PROBLEMS.forEach((status, because) -> add(operation, status, because));
      if (named) {
        add(operation, "404", "There is no such thing, or not for this API key.");
      }
    }
  }

  private static void add(Operation operation, String status, String because) {
    APIResponse answer = operation.getResponses().getAPIResponse(status);
    if (answer == null) {
      operation
          .getResponses()
          .addAPIResponse(
              status,
              OASFactory.createAPIResponse()
                  .description(because)
                  .content(
                      OASFactory.createContent()
                          .addMediaType(
                              "application/problem+json",
                              OASFactory.createMediaType().schema(reference(PROBLEM)))));
    }
  }

  private static SecurityScheme bearer() {
    return OASFactory.createSecurityScheme()
        .type(SecurityScheme.Type.HTTP)
        .scheme("bearer")
        .description(
            "Authorization: Bearer, with an API key (hfk_...) or a JWT of an issuer that is"
                + " declared.");
  }

  private static Schema problem() {
    return object()
        .description("RFC 9457. Decide by code; show detail and hint to people.")
        .addRequired("status")
        .addRequired("code")
        .addProperty("type", string("urn:holdfast:problem:<code>"))
        .addProperty("title", string("The code in words"))
        .addProperty("status", integer())
        .addProperty("code", string("Stable, such as not-found or invalid-request"))
        .addProperty("detail", string("One sentence with the values that matter"))
        .addProperty("hint", string("What to look at or do next"))
        .addProperty("traceId", string("Finds this request in logs and audit"))
        .addProperty(
            "violations",
            OASFactory.createSchema()
                .type(List.of(Schema.SchemaType.ARRAY))
                .items(reference("Violation")));
  }

  private static Schema violation() {
    return object()
        .addProperty("field", string("Such as nodes[0].port"))
        .addProperty("message", string("What is wrong with it"));
  }

  private static Schema object() {
    return OASFactory.createSchema().type(List.of(Schema.SchemaType.OBJECT));
  }

  private static Schema string(String description) {
    return OASFactory.createSchema()
        .type(List.of(Schema.SchemaType.STRING))
        .description(description);
  }

  private static Schema integer() {
    return OASFactory.createSchema().type(List.of(Schema.SchemaType.INTEGER)).format("int32");
  }

  private static Schema reference(String name) {
    return OASFactory.createSchema().ref("#/components/schemas/" + name);
  }
}
