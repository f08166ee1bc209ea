package io.holdfast.api.recoverability;

import io.holdfast.api.access.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** To when a cluster can be recovered, and what proves it. */
@Path("/api/v1/clusters/{name}/recoverability")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Recoverability")
public class RecoverabilityResource {
  @Inject Recoverability recoverability;

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "getClusterRecoverability",
      summary = "Show to when a cluster can be recovered, and what proves it",
      description =
          "The age of the recovery point counts from the newest moment that can be reached, not"
              + " from the last job.")
  public RecoverabilityView cluster(@PathParam("name") String cluster) {
    return recoverability.of(cluster);
  }
}
