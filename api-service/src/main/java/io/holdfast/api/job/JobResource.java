package io.holdfast.api.job;

import io.holdfast.api.access.Role;
import io.holdfast.api.problem.ApiProblem;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
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

/** Jobs. */
@Path("/api/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Jobs")
public class JobResource {
  @Inject JobService jobs;
  @Inject JobAnswerResource answers;

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(operationId = "listJobs", summary = "Jobs, newest first")
  public JobList list(
      @QueryParam("state") String state,
      @QueryParam("kind") String kind,
      @QueryParam("cluster") String cluster,
      @QueryParam("limit") Integer limit,
      @QueryParam("cursor") String cursor) {
    return jobs.list(state, kind, cluster, limit, cursor);
  }

  @GET
  @Path("/{id}")
  @RolesAllowed(Role.VIEWER)
  @Operation(operationId = "getJob", summary = "One job with its attempts and node decision")
  public JobView get(@PathParam("id") String id) {
    return jobs.view(id);
  }

  @GET
  @Path("/{id}/outcome")
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "getJobOutcome",
      summary = "Wait for a job: 200 when it succeeded, 424 when it did not, else 202 or 503")
  @APIResponse(
      responseCode = "200",
      description = "It succeeded",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  @APIResponse(
      responseCode = "202",
      description = "It is not done",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  public Response outcome(
      @PathParam("id") String id,
      @QueryParam("wait") Integer wait,
      @QueryParam("pending") Integer pending) {
    if (pending != null && pending != 503 && pending != 202) {
      throw ApiProblem.invalid("pending", "must be 202 or 503", "What to answer while it runs.");
    }
    return answers.outcome(id, wait, pending != null && pending == 503);
  }

  @POST
  @Path("/{id}/cancellations")
  @Consumes({MediaType.APPLICATION_JSON, MediaType.WILDCARD})
  @RolesAllowed({Role.OPERATOR, Role.RESTORER})
  @Operation(
      operationId = "cancelJob",
      summary = "Ask for a job to stop; a running one stays RUNNING until its worker has stopped",
      description =
          "A restore is stopped by a restorer, who started it with the same key or is an operator,"
              + " too, or by an admin.")
  @APIResponse(
      responseCode = "202",
      description = "Asked for, or already cancelled when nobody had it",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  public Response cancel(@PathParam("id") String id, CancellationRequest request) {
    String reason = request == null ? null : request.reason();
    if (reason != null && reason.length() > 500) {
      throw ApiProblem.invalid("reason", "must be at most 500 characters", "Shorten it.");
    }
    return Response.accepted(jobs.cancel(id, reason)).build();
  }
}
