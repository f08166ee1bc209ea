package io.holdfast.api.retention;

import io.holdfast.api.access.Role;
import io.holdfast.api.problem.ApiProblem;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** Keeping backups whatever the policy says. */
@Path("/api/v1/backups/{id}/holds")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Retention")
public class HoldResource {
  @Inject HoldService holds;

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Role.ADMIN)
  @Operation(operationId = "createHold", summary = "Keep a backup until the hold ends or is lifted")
  @APIResponse(
      responseCode = "201",
      description = "It keeps the backup",
      content = @Content(schema = @Schema(implementation = HoldView.class)))
  public RestResponse<HoldView> create(@PathParam("id") String backupId, HoldRequest request) {
    if (request == null) {
      throw ApiProblem.invalid(
          "kind", "is required", "Send a JSON body: {\"kind\":\"USER\",\"reason\":\"...\"}.");
    }
    return RestResponse.status(RestResponse.Status.CREATED, holds.create(backupId, request));
  }

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(operationId = "listHolds", summary = "The holds of a backup, newest first")
  public HoldView.Listing list(@PathParam("id") String backupId) {
    return holds.list(backupId);
  }

  // There is no body but a problem, so generated clients accept nothing else.
  @DELETE
  @Produces({MediaType.APPLICATION_JSON, "application/problem+json"})
  @Path("/{holdId}")
  @RolesAllowed(Role.ADMIN)
  @Operation(operationId = "deleteHold", summary = "Lift a hold")
  @APIResponse(responseCode = "204", description = "Lifted; it stays in the list")
  public void lift(
      @PathParam("id") String backupId,
      @PathParam("holdId") String holdId,
      @Parameter(description = "Why; a legal hold needs it") @QueryParam("reason") String reason) {
    holds.lift(backupId, holdId, reason);
  }
}
