package io.holdfast.api.copy;

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

/** How far a cluster's copies are. */
@Path("/api/v1/clusters/{name}/copies")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Copies")
public class ClusterCopiesResource {
  @Inject CopyStanding standing;

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "getClusterCopies",
      summary = "How far the copies of a cluster's backups and WAL are")
  public ClusterCopiesView cluster(@PathParam("name") String cluster) {
    return standing.of(cluster);
  }
}
