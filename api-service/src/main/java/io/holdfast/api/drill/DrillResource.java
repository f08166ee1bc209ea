package io.holdfast.api.drill;

import io.holdfast.api.access.Role;
import io.holdfast.api.job.JobAnswerResource;
import io.holdfast.api.job.JobView;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
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

/** Restores for proof. */
@Path("/api/v1/clusters/{name}/drills")
@RunOnVirtualThread
@Tag(name = "Drills")
public class DrillResource {
  @Inject DrillService drills;
  @Inject JobAnswerResource answers;

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Role.RESTORER)
  @Operation(
      operationId = "createDrill",
      summary = "Restore a cluster into a throw-away server and judge what came back",
      description = "Fails with DRILL_FAILED when something is wrong; its report says what.")
  @APIResponse(
      responseCode = "200",
      description = "It passed within the wait",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  @APIResponse(
      responseCode = "202",
      description = "The job is recorded and will run",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  public Response create(
      @PathParam("name") String cluster,
      @HeaderParam("Idempotency-Key") String idempotencyKey,
      @QueryParam("wait") Integer wait,
      DrillRequest request) {
    DrillRequest asked =
        request == null
            ? new DrillRequest(null, null, null, null, null, null, null, null, null)
            : request;
    return answers.accepted(drills.request(cluster, asked, idempotencyKey), wait);
  }
}
