package io.holdfast.api.restorepoint;

import io.holdfast.api.access.Role;
import io.holdfast.api.job.JobAnswerResource;
import io.holdfast.api.job.JobView;
import io.holdfast.api.problem.ApiProblem;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
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

/** Named points to come back to. */
@Path("/api/v1/clusters/{name}/restore-points")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Restore points")
public class RestorePointResource {
  @Inject RestorePointService points;
  @Inject JobAnswerResource answers;

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Role.OPERATOR)
  @Operation(
      operationId = "createRestorePoint",
      summary = "Write a named point into the WAL of a cluster, and have it archived")
  @APIResponse(
      responseCode = "200",
      description = "It was written within the wait",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  @APIResponse(
      responseCode = "202",
      description = "The job is recorded and will run",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  public Response create(
      @PathParam("name") String cluster,
      @HeaderParam("Idempotency-Key") String idempotencyKey,
      @QueryParam("wait") Integer wait,
      RestorePointRequest request) {
    if (request == null) {
      throw ApiProblem.invalid("name", "is required", "Send a JSON body: {\"name\":\"...\"}.");
    }
    return answers.accepted(points.request(cluster, request, idempotencyKey), wait);
  }

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(operationId = "listRestorePoints", summary = "List restore points, newest first")
  public RestorePointView.Page list(
      @PathParam("name") String cluster,
      @QueryParam("limit") Integer limit,
      @QueryParam("cursor") String cursor) {
    return points.list(cluster, limit, cursor);
  }
}
