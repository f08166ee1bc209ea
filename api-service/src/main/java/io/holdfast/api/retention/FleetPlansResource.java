package io.holdfast.api.retention;

import io.holdfast.api.access.Role;
import io.holdfast.api.declared.Flag;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What would be removed across the fleet, and why. */
@Path("/api/v1/retention-plans")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Retention")
public class FleetPlansResource {
  @Inject FleetPlans plans;

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "listRetentionPlans",
      summary = "List the retention plan of each cluster, by name",
      description =
          "Each as getRetentionPlan shows it. A page may have fewer items than asked for, even none:"
              + " the last page is the one without nextCursor.")
  public RetentionPlanView.Page list(
      @Parameter(
              description =
                  "Only of clusters of which something would be removed, from whichever repository",
              schema = @Schema(type = SchemaType.BOOLEAN))
          @QueryParam("expiring")
          String expiring,
      @QueryParam("limit") Integer limit,
      @QueryParam("cursor") String cursor) {
    return plans.page(limit, cursor, Flag.asked("expiring", expiring));
  }
}
