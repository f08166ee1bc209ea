package io.holdfast.api.rotation;

import io.holdfast.api.access.Role;
import io.holdfast.api.job.JobAnswerResource;
import io.holdfast.api.job.JobView;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Replacing key-encryption keys. */
@Path("/api/v1/clusters/{name}/key-rotations")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Clusters")
public class KeyRotationResource {
  @Inject KeyRotationService rotations;
  @Inject JobAnswerResource answers;

  @POST
  @RolesAllowed(Role.ADMIN)
  @Operation(
      operationId = "createKeyRotation",
      summary = "Have every data key of a cluster wrapped by the declared key-encryption key")
  @APIResponse(
      responseCode = "200",
      description = "It succeeded within the wait",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  @APIResponse(
      responseCode = "202",
      description = "The job is recorded and will run",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  public Response create(
      @PathParam("name") String cluster,
      @Valid KeyRotationRequest request,
      @HeaderParam("Idempotency-Key") String idempotencyKey,
      @QueryParam("wait") Integer wait) {
    return answers.accepted(rotations.request(cluster, request, idempotencyKey), wait);
  }
}
