package io.holdfast.api.retention;

import io.holdfast.api.access.Role;
import io.holdfast.api.job.JobAnswerResource;
import io.holdfast.api.job.JobView;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Removing one backup by hand. */
@Path("/api/v1/backups")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Retention")
public class BackupDeletionResource {
  @Inject BackupDeletionService deletions;
  @Inject JobAnswerResource answers;

  @DELETE
  @Path("/{id}")
  @RolesAllowed(Role.ADMIN)
  @Operation(
      operationId = "deleteBackup",
      summary = "Remove a backup from a repository, when nothing holds, reads or builds on it")
  @APIResponse(
      responseCode = "200",
      description = "It was removed within the wait",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  @APIResponse(
      responseCode = "202",
      description = "The job is recorded and will run",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  public Response delete(
      @PathParam("id") String backupId,
      @HeaderParam("Idempotency-Key") String idempotencyKey,
      @QueryParam("wait") Integer wait,
      @Parameter(
              description = "Remove what builds on it, too",
              schema = @Schema(type = SchemaType.BOOLEAN))
          @QueryParam("dependents")
          String dependents,
      @Parameter(description = "The id again, for the last one that can be restored")
          @QueryParam("confirm")
          String confirm,
      @Parameter(description = "From where; default the backup's first. It stays everywhere else")
          @QueryParam("repository")
          String repository,
      @Parameter(
              description =
                  "Whose workers remove it, where the others' keys may not; default the cluster's")
          @QueryParam("pool")
          String pool) {
    BackupDeletionService.Wish wish =
        new BackupDeletionService.Wish(repository, pool, "true".equals(dependents), confirm);
    return answers.accepted(deletions.request(backupId, wish, idempotencyKey), wait);
  }
}
