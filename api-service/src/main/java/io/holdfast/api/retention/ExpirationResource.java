package io.holdfast.api.retention;

import io.holdfast.api.access.Role;
import io.holdfast.api.job.JobAnswerResource;
import io.holdfast.api.job.JobView;
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
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What a cluster's retention policy comes to, and carrying it out. */
@Path("/api/v1/clusters/{name}")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Retention")
public class ExpirationResource {
  @Inject RetentionService retention;
  @Inject ExpirationService expirations;
  @Inject JobAnswerResource answers;

  @GET
  @Path("/retention-plan")
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "getRetentionPlan",
      summary = "What stays and what would go now, with the reason for each")
  public RetentionPlanView plan(
      @PathParam("name") String cluster,
      @Parameter(description = "Default the cluster's own") @QueryParam("repository")
          String repository) {
    return retention.explain(cluster, repository);
  }

  @POST
  @Path("/expirations")
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Role.ADMIN)
  @Operation(
      operationId = "createExpiration",
      summary = "Remove what the retention plan lets go, and what dead attempts left")
  @APIResponse(
      responseCode = "200",
      description = "It was removed within the wait",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  @APIResponse(
      responseCode = "202",
      description = "The job is recorded and will run",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  public Response create(
      @PathParam("name") String cluster,
      @HeaderParam("Idempotency-Key") String idempotencyKey,
      @QueryParam("wait") Integer wait,
      ExpirationRequest request) {
    ExpirationRequest asked =
        request == null ? new ExpirationRequest(null, null, null, null, null, null) : request;
    return answers.accepted(expirations.request(cluster, asked, idempotencyKey), wait);
  }
}
