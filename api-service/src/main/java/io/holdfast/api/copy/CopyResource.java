package io.holdfast.api.copy;

import io.holdfast.api.access.Role;
import io.holdfast.api.backup.BackupCopyView;
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

/** Copies of backups. */
@Path("/api/v1/backups/{id}/copies")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Copies")
public class CopyResource {
  @Inject CopyService copies;
  @Inject JobAnswerResource answers;

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Role.OPERATOR)
  @Operation(
      operationId = "createCopy",
      summary = "Copy a backup to another repository, now",
      description = "What it builds on is copied with it. What is there already is not sent again.")
  @APIResponse(
      responseCode = "200",
      description = "It was copied within the wait",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  @APIResponse(
      responseCode = "202",
      description = "The job is recorded and will run",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  public Response create(
      @PathParam("id") String backupId,
      @HeaderParam("Idempotency-Key") String idempotencyKey,
      @QueryParam("wait") Integer wait,
      CopyRequest request) {
    if (request == null) {
      throw ApiProblem.invalid(
          "repository", "is required", "Send a JSON body: {\"repository\":\"offsite\"}.");
    }
    return answers.accepted(copies.request(backupId, request, idempotencyKey), wait);
  }

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(operationId = "listCopies", summary = "Where else a backup lies, or is to lie")
  public BackupCopyView.Listing list(@PathParam("id") String backupId) {
    return copies.list(backupId);
  }
}
