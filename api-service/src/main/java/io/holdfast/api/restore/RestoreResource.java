package io.holdfast.api.restore;

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
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Restores. Not part of the operator's role. */
@Path("/api/v1/restores")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Restores")
public class RestoreResource {
  @Inject RestoreService restores;
  @Inject JobAnswerResource answers;

  @POST
  @RolesAllowed(Role.RESTORER)
  @Operation(operationId = "createRestore", summary = "Restore a backup, now or as a dry run")
  @APIResponse(
      responseCode = "200",
      description = "It succeeded within the wait",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  @APIResponse(
      responseCode = "202",
      description = "The job is recorded and will run once",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  public Response create(
      @HeaderParam("Idempotency-Key") String idempotencyKey,
      @QueryParam("wait") Integer wait,
      RestoreRequest request) {
    if (request == null) {
      throw ApiProblem.invalid(
          "backupId", "is required", "Send a JSON body that names a backup and a target.");
    }
    return answers.accepted(restores.request(request, idempotencyKey), wait);
  }
}
