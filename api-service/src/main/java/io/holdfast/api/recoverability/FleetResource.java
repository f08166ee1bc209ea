package io.holdfast.api.recoverability;

import io.holdfast.api.access.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** To when every cluster can be recovered. */
@Path("/api/v1/fleet/recoverability")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Recoverability")
public class FleetResource {
  @Inject Recoverability recoverability;

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "listFleetRecoverability",
      summary = "List to when each cluster can be recovered, worst first",
      description =
          "As of the last look at the catalog. Later pages keep the order of the first; a cluster"
              + " that got better meanwhile may be shown twice.")
  public RecoverabilityView.Page fleet(
      @QueryParam("limit") Integer limit, @QueryParam("cursor") String cursor) {
    return recoverability.page(limit, cursor);
  }
}
