package io.holdfast.api.ledger;

import io.holdfast.api.access.Role;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How a cluster's archive stands. */
@Path("/api/v1/clusters/{name}")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Archive")
public class LedgerResource {
  @Inject RecoveryWindows windows;
  @Inject ClusterEvents events;

  @GET
  @Path("/recovery-windows")
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "getRecoveryWindows",
      summary = "Show to which moments a cluster can be brought back",
      description = "With the gaps of its archive, how far it is behind, and its timelines.")
  public RecoveryWindowsView windows(@PathParam("name") String cluster) {
    return windows.of(cluster);
  }

  @POST
  @Path("/wal-gaps/{id}/acknowledgements")
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Role.OPERATOR)
  @Operation(
      operationId = "createWalGapAcknowledgement",
      summary = "Say that somebody knows of a gap",
      description = "It stays a gap until it is filled.")
  public WalGapView acknowledge(
      @PathParam("name") String cluster,
      @PathParam("id") String id,
      GapAcknowledgementRequest request) {
    return windows.acknowledge(cluster, id, request);
  }

  @GET
  @Path("/events")
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "listClusterEvents",
      summary = "List what changed about a cluster's archive, newest first")
  public ClusterEventView.Page events(
      @PathParam("name") String cluster,
      @Parameter(description = "Only of this type") @QueryParam("type") String type,
      @QueryParam("limit") Integer limit,
      @QueryParam("cursor") String cursor) {
    return events.list(cluster, type, limit, cursor);
  }
}
