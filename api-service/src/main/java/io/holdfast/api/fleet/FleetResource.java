package io.holdfast.api.fleet;

import io.holdfast.api.access.Role;
import io.holdfast.api.declared.DryRun;
import io.holdfast.api.declared.Flag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /apply} and {@code /export}. */
@Path("/api/v1")
@Tag(name = "Fleet")
public class FleetResource {
  private static final String YAML = "application/yaml";

  @Inject FleetService fleet;

  @POST
  @Path("/apply")
  // To plan is to look: a pipeline plans for everybody who proposes a change, with a token that can
  // do nothing else. The service asks for admin before it does anything.
  @RolesAllowed(Role.VIEWER)
  @Consumes({MediaType.APPLICATION_JSON, YAML, "application/x-yaml", "text/yaml"})
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Apply declarations from files",
      description =
          "Creates and changes what is declared, in one transaction: all of it, or nothing and"
              + " every reason why not. What is so already is left alone, so that it can be sent"
              + " again at any time. Needs the role admin; a dry run needs viewer.")
  @RequestBody(
      required = true,
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = FleetDeclaration.Listing.class)),
        @Content(mediaType = YAML, schema = @Schema(type = SchemaType.STRING))
      })
  @APIResponse(
      responseCode = "200",
      description = "Applied, or planned in a dry run",
      content = @Content(schema = @Schema(implementation = FleetPlanView.class)))
  public FleetPlanView applyFleet(
      @Parameter(
              required = true,
              description =
                  "In whose name: the folder or team that the files are from. What others declared"
                      + " is not changed without force")
          @QueryParam("owner")
          String owner,
      @Parameter(
              description = "Change nothing; show the plan",
              schema = @Schema(type = SchemaType.BOOLEAN))
          @QueryParam("dryRun")
          String dryRun,
      @Parameter(
              description = "Change and take over what others declared, too",
              schema = @Schema(type = SchemaType.BOOLEAN))
          @QueryParam("force")
          String force,
      @Parameter(
              description =
                  "Forget what this owner applied before and this request does not name; no backup"
                      + " goes with it",
              schema = @Schema(type = SchemaType.BOOLEAN))
          @QueryParam("prune")
          String prune,
      @Context HttpHeaders headers,
      byte[] body) {
    return fleet.apply(
        body,
        !MediaType.APPLICATION_JSON_TYPE.isCompatible(headers.getMediaType()),
        new FleetService.Wish(
            owner, DryRun.asked(dryRun), Flag.asked("force", force), Flag.asked("prune", prune)));
  }

  @GET
  @Path("/export")
  @RolesAllowed(Role.VIEWER)
  @Produces({MediaType.APPLICATION_JSON, YAML})
  @Operation(
      summary = "Export declarations as they could be applied",
      description =
          "What the caller may see of repositories, clusters, schedules and notification targets,"
              + " with nothing secret.")
  @APIResponse(
      responseCode = "200",
      description = "The declarations; as YAML when Accept asks for it",
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = FleetDeclaration.Listing.class)),
        @Content(mediaType = YAML, schema = @Schema(type = SchemaType.STRING))
      })
  public RestResponse<Object> getExport(
      @Parameter(description = "Only what this owner applied") @QueryParam("owner") String owner,
      @Context HttpHeaders headers) {
    boolean yaml =
        headers.getAcceptableMediaTypes().stream()
            .findFirst()
            .filter(first -> !first.isWildcardType() && !first.isWildcardSubtype())
            .filter(MediaType.valueOf(YAML)::isCompatible)
            .isPresent();
    return RestResponse.ResponseBuilder.<Object>ok(
            yaml ? fleet.exportYaml(owner) : fleet.export(owner),
            yaml ? MediaType.valueOf(YAML) : MediaType.APPLICATION_JSON_TYPE)
        .build();
  }
}
