package io.holdfast.api.repository;

import io.holdfast.api.access.Role;
import io.holdfast.api.declared.DeclaredAnswerResource;
import io.holdfast.api.declared.DryRun;
import io.holdfast.api.declared.Precondition;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /repositories}. */
@Path("/api/v1/repositories")
@Tag(name = "Repositories")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class RepositoryResource {
  @Inject RepositoryService repositories;

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(summary = "List repositories, by name")
  public RepositoryView.Page listRepositories(
      @QueryParam("limit") Integer limit, @QueryParam("cursor") String cursor) {
    return repositories.list(limit, cursor);
  }

  @GET
  @Path("/{name}")
  @RolesAllowed(Role.VIEWER)
  @Operation(summary = "Show a repository and its last probe")
  @APIResponse(
      responseCode = "200",
      description = "The repository, with its ETag",
      content = @Content(schema = @Schema(implementation = RepositoryView.class)))
  public RestResponse<RepositoryView> getRepository(@PathParam("name") String name) {
    RepositoryView view = repositories.get(name);
    return DeclaredAnswerResource.shown(view, view.version());
  }

  @PUT
  @Path("/{name}")
  @RolesAllowed(Role.ADMIN)
  @Operation(
      summary = "Declare a repository",
      description =
          "Creates or changes it; a worker then probes it. Changing needs If-Match with the ETag"
              + " that was read.")
  @APIResponse(
      responseCode = "200",
      description = "Changed, or planned in a dry run",
      content = @Content(schema = @Schema(implementation = RepositoryView.class)))
  @APIResponse(
      responseCode = "201",
      description = "Created",
      content = @Content(schema = @Schema(implementation = RepositoryView.class)))
  public RestResponse<RepositoryView> putRepository(
      @PathParam("name") String name,
      @Parameter(
              description = "Change nothing; show the plan",
              schema = @Schema(type = SchemaType.BOOLEAN))
          @QueryParam("dryRun")
          String dryRun,
      @HeaderParam("If-Match") String ifMatch,
      @HeaderParam("If-None-Match") String ifNoneMatch,
      @NotNull @Valid RepositoryRequest request) {
    return DeclaredAnswerResource.declared(
        repositories.put(
            name, request, new Precondition(ifMatch, ifNoneMatch), DryRun.asked(dryRun)));
  }

  // There is no body but a problem, so generated clients accept nothing else.
  @DELETE
  @Produces({MediaType.APPLICATION_JSON, "application/problem+json"})
  @Path("/{name}")
  @RolesAllowed(Role.ADMIN)
  @Operation(
      summary = "Forget a repository",
      description = "Deletes the declaration and no byte of what it holds. Needs If-Match.")
  @APIResponse(responseCode = "204", description = "Forgotten")
  public void deleteRepository(
      @PathParam("name") String name,
      @HeaderParam("If-Match") String ifMatch,
      @HeaderParam("If-None-Match") String ifNoneMatch) {
    repositories.delete(name, new Precondition(ifMatch, ifNoneMatch));
  }
}
