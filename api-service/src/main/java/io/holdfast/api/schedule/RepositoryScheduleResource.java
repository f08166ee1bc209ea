package io.holdfast.api.schedule;

import io.holdfast.api.access.Role;
import io.holdfast.api.declared.DeclaredAnswerResource;
import io.holdfast.api.declared.DryRun;
import io.holdfast.api.declared.Precondition;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** Schedules of a repository. */
@Path("/api/v1/repositories/{name}/schedules")
@Tag(name = "Schedules")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class RepositoryScheduleResource {
  @Inject ScheduleService schedules;
  @Inject ScheduleRuns runs;

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(summary = "List the schedules of a repository, by name")
  public ScheduleView.Page listRepositorySchedules(
      @PathParam("name") String name,
      @QueryParam("limit") Integer limit,
      @QueryParam("cursor") String cursor) {
    return schedules.list(ScheduleOwner.repository(name), limit, cursor);
  }

  @GET
  @Path("/{schedule}")
  @RolesAllowed(Role.VIEWER)
  @Operation(summary = "Show a schedule of a repository")
  @APIResponse(
      responseCode = "200",
      description = "The schedule, with its ETag",
      content = @Content(schema = @Schema(implementation = ScheduleView.class)))
  public RestResponse<ScheduleView> getRepositorySchedule(
      @PathParam("name") String name, @PathParam("schedule") String schedule) {
    ScheduleView view = schedules.get(ScheduleOwner.repository(name), schedule);
    return DeclaredAnswerResource.shown(view, view.version());
  }

  @PUT
  @Path("/{schedule}")
  @RolesAllowed(Role.ADMIN)
  @Operation(
      summary = "Declare a schedule of a repository",
      description =
          "Creates or changes it. Changing needs If-Match with the ETag that was read; what is due"
              + " already keeps its run.")
  @APIResponse(
      responseCode = "200",
      description = "Changed, or planned in a dry run",
      content = @Content(schema = @Schema(implementation = ScheduleView.class)))
  @APIResponse(
      responseCode = "201",
      description = "Created",
      content = @Content(schema = @Schema(implementation = ScheduleView.class)))
  public RestResponse<ScheduleView> putRepositorySchedule(
      @PathParam("name") String name,
      @PathParam("schedule") String schedule,
      @Parameter(
              description = "Change nothing; show the plan",
              schema = @Schema(type = SchemaType.BOOLEAN))
          @QueryParam("dryRun")
          String dryRun,
      @HeaderParam("If-Match") String ifMatch,
      @HeaderParam("If-None-Match") String ifNoneMatch,
      @NotNull ScheduleRequest request) {
    return DeclaredAnswerResource.declared(
        schedules.put(
            ScheduleOwner.repository(name),
            schedule,
            request,
            new Precondition(ifMatch, ifNoneMatch),
            DryRun.asked(dryRun)));
  }

  // There is no body but a problem, so generated clients accept nothing else.
  @DELETE
  @Produces({MediaType.APPLICATION_JSON, "application/problem+json"})
  @Path("/{schedule}")
  @RolesAllowed(Role.ADMIN)
  @Operation(
      summary = "Forget a schedule of a repository",
      description = "With its runs; the jobs that they became stay. Needs If-Match.")
  @APIResponse(responseCode = "204", description = "Forgotten")
  public void deleteRepositorySchedule(
      @PathParam("name") String name,
      @PathParam("schedule") String schedule,
      @HeaderParam("If-Match") String ifMatch,
      @HeaderParam("If-None-Match") String ifNoneMatch) {
    schedules.delete(
        ScheduleOwner.repository(name), schedule, new Precondition(ifMatch, ifNoneMatch));
  }

  @GET
  @Path("/{schedule}/upcoming")
  @RolesAllowed(Role.VIEWER)
  @Operation(summary = "Show when a schedule of a repository comes due next")
  public ScheduleRunView.Upcoming listRepositoryScheduleUpcoming(
      @PathParam("name") String name,
      @PathParam("schedule") String schedule,
      @Parameter(description = "Default 10, at most 100") @QueryParam("limit") Integer limit) {
    return runs.upcoming(ScheduleOwner.repository(name), schedule, limit);
  }

  @GET
  @Path("/{schedule}/runs")
  @RolesAllowed(Role.VIEWER)
  @Operation(
      summary = "List what became of the runs of a schedule of a repository, newest first",
      description = "Those that are due; kept for 400 days.")
  public ScheduleRunView.Page listRepositoryScheduleRuns(
      @PathParam("name") String name,
      @PathParam("schedule") String schedule,
      @Parameter(description = "Only of this outcome, such as MISSED") @QueryParam("outcome")
          String outcome,
      @QueryParam("limit") Integer limit,
      @QueryParam("cursor") String cursor) {
    return runs.runs(ScheduleOwner.repository(name), schedule, outcome, limit, cursor);
  }
}
