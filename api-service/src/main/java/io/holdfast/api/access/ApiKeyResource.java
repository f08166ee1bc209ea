package io.holdfast.api.access;

import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /api-keys}. */
@Path("/api/v1/api-keys")
@Tag(name = "Access")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class ApiKeyResource {
  @Inject ApiKeyService keys;

  @GET
  @RolesAllowed(Role.ADMIN)
  @Operation(summary = "List API keys, the revoked ones too")
  public ApiKeyView.Page listApiKeys(
      @QueryParam("limit") Integer limit, @QueryParam("cursor") String cursor) {
    return keys.list(limit, cursor);
  }

  @POST
  @RolesAllowed(Role.ADMIN)
  @Operation(
      summary = "Create an API key",
      description = "The answer holds the key; it is stored as a hash and cannot be shown again.")
  @APIResponse(
      responseCode = "201",
      description = "Created; key is in the answer this once",
      content = @Content(schema = @Schema(implementation = ApiKeyView.class)))
  public RestResponse<ApiKeyView> createApiKey(@NotNull @Valid ApiKeyRequest request) {
    ApiKeyView created = keys.create(request);
    return RestResponse.ResponseBuilder.create(RestResponse.Status.CREATED, created)
        .location(URI.create("/api/v1/api-keys/" + created.id()))
        .header("Cache-Control", "no-store")
        .build();
  }

  @GET
  @Path("/{id}")
  @RolesAllowed(Role.ADMIN)
  @Operation(summary = "Show an API key without the key itself")
  public ApiKeyView getApiKey(@PathParam("id") String id) {
    return keys.get(id);
  }

  // There is no body but a problem, so generated clients accept nothing else.
  @DELETE
  @Produces({MediaType.APPLICATION_JSON, "application/problem+json"})
  @Path("/{id}")
  @RolesAllowed(Role.ADMIN)
  @Operation(
      summary = "Revoke an API key",
      description = "Works within two seconds on every replica. The key stays listed as revoked.")
  @APIResponse(responseCode = "204", description = "Revoked")
  public void deleteApiKey(@PathParam("id") String id) {
    keys.revoke(id);
  }
}
