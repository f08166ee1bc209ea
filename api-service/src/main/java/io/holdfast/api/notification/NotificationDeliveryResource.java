package io.holdfast.api.notification;

import io.holdfast.api.access.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /notification-deliveries}. */
@Path("/api/v1/notification-deliveries")
@Tag(name = "Notifications")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class NotificationDeliveryResource {
  @Inject DeliveryService deliveries;

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "listNotificationDeliveries",
      summary = "List what was sent, what waits and what was given up, newest first")
  public DeliveryView.Page list(
      @Parameter(description = "Only to this target") @QueryParam("target") String target,
      @Parameter(description = "Only in this state") @QueryParam("state") String state,
      @Parameter(description = "Only of this kind") @QueryParam("kind") String kind,
      @Parameter(description = "Only about this cluster") @QueryParam("cluster") String cluster,
      @QueryParam("limit") Integer limit,
      @QueryParam("cursor") String cursor) {
    return deliveries.list(new DeliveryService.Filter(target, state, kind, cluster), limit, cursor);
  }

  @GET
  @Path("/{id}")
  @RolesAllowed(Role.VIEWER)
  @Operation(operationId = "getNotificationDelivery", summary = "Show a delivery")
  public DeliveryView get(@PathParam("id") String id) {
    return deliveries.get(id);
  }

  @POST
  @Path("/{id}/redeliveries")
  @RolesAllowed(Role.OPERATOR)
  @Operation(
      operationId = "createRedelivery",
      summary = "Send what is over once more",
      description = "The same notice, as a delivery of its own, to the target as it is now.")
  @APIResponse(
      responseCode = "201",
      description = "It is on its way",
      content = @Content(schema = @Schema(implementation = DeliveryView.class)))
  public RestResponse<DeliveryView> redeliver(@PathParam("id") String id) {
    return NotificationTargetResource.created(deliveries.redeliver(id));
  }
}
