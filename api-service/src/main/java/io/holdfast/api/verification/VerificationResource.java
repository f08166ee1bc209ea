package io.holdfast.api.verification;

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

/** Proving backups. */
@Path("/api/v1/backups/{id}/verifications")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Verifications")
public class VerificationResource {
  @Inject VerificationService verifications;
  @Inject JobAnswerResource answers;

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Role.OPERATOR)
  @Operation(operationId = "createVerification", summary = "Verify a backup, now")
  @APIResponse(
      responseCode = "200",
      description = "It passed within the wait",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  @APIResponse(
      responseCode = "202",
      description = "The job is recorded and will run",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  public Response create(
      @PathParam("id") String backupId,
      @HeaderParam("Idempotency-Key") String idempotencyKey,
      @QueryParam("wait") Integer wait,
      VerificationRequest request) {
    if (request == null) {
      throw ApiProblem.invalid(
          "level", "is required", "Send a JSON body: {\"level\":\"CHECKSUM\"}.");
    }
    return answers.accepted(verifications.request(backupId, request, idempotencyKey), wait);
  }

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(operationId = "listVerifications", summary = "What verifications found, newest first")
  public VerificationView.Listing list(@PathParam("id") String backupId) {
    return verifications.list(backupId);
  }
}
