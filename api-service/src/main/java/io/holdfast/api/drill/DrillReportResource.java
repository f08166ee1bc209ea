package io.holdfast.api.drill;

import io.holdfast.api.access.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The evidence of drills. */
@Path("/api/v1/drills/{jobId}")
@RunOnVirtualThread
@Tag(name = "Drills")
public class DrillReportResource {
  /** A report is to be looked at: nothing in it may run or fetch anything. */
  private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'";

  @Inject DrillReports reports;

  @GET
  @Path("/report")
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Role.VIEWER)
  @Operation(operationId = "getDrillReport", summary = "Show what a drill found, passed or failed")
  public DrillReportView report(@PathParam("jobId") String jobId) {
    return reports.of(jobId);
  }

  @GET
  @Path("/report.html")
  @Produces({MediaType.TEXT_HTML, "application/problem+json"})
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "getDrillReportPage",
      summary = "The same as one HTML page that needs nothing else")
  @APIResponse(
      responseCode = "200",
      description = "The page",
      content =
          @Content(mediaType = MediaType.TEXT_HTML, schema = @Schema(type = SchemaType.STRING)))
  public Response page(@PathParam("jobId") String jobId) {
    return Response.ok(DrillPage.of(reports.of(jobId)), "text/html;charset=UTF-8")
        .header("Content-Security-Policy", POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .build();
  }
}
