package io.holdfast.api.scan;

import io.holdfast.api.access.Role;
import io.holdfast.api.job.JobAnswerResource;
import io.holdfast.api.job.JobView;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
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

/** Scans of repositories. */
@Path("/api/v1/repositories/{name}/scans")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Scans")
public class ScanResource {
  @Inject ScanService scans;
  @Inject JobAnswerResource answers;

  @POST
  @RolesAllowed(Role.OPERATOR)
  @Operation(
      operationId = "createScan",
      summary = "Compare a repository with the catalog, and add what the catalog lacks",
      description = "Deletes nothing. An empty catalog is rebuilt by it.")
  @APIResponse(
      responseCode = "200",
      description = "It ended within the wait",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  @APIResponse(
      responseCode = "202",
      description = "The job is recorded and will run",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  public Response create(
      @PathParam("name") String repository,
      @HeaderParam("Idempotency-Key") String idempotencyKey,
      @QueryParam("wait") Integer wait) {
    return answers.accepted(scans.request(repository, idempotencyKey), wait);
  }

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(operationId = "listScans", summary = "The newest scans of a repository")
  public ScanReportView.Listing list(@PathParam("name") String repository) {
    return scans.list(repository);
  }

  @GET
  @Path("/{jobId}")
  @RolesAllowed(Role.VIEWER)
  @Operation(operationId = "getScan", summary = "What a scan found")
  public ScanReportView report(
      @PathParam("name") String repository, @PathParam("jobId") String jobId) {
    return scans.report(repository, jobId);
  }
}
