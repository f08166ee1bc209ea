package io.holdfast.api.backup;

import io.holdfast.api.access.Role;
import io.holdfast.api.job.JobAnswerResource;
import io.holdfast.api.job.JobView;
import io.holdfast.api.problem.ApiProblem;
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

/** Asking for backups. */
@Path("/api/v1/clusters/{name}/backups")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Backups")
public class BackupRequestResource {
  @Inject BackupService backups;
  @Inject JobAnswerResource answers;

  @POST
  @RolesAllowed(Role.OPERATOR)
  @Operation(operationId = "createBackup", summary = "Back a cluster up, now")
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
      @HeaderParam("Idempotency-Key") String idempotencyKey,
      @QueryParam("wait") Integer wait,
      BackupRequest request) {
    if (request == null) {
      throw ApiProblem.invalid(
          "method", "is required", "Send a JSON body: {\"method\":\"LOGICAL\"}.");
    }
    return answers.accepted(backups.request(cluster, request, idempotencyKey), wait);
  }
}
