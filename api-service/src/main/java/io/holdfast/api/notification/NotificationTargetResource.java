package io.holdfast.api.notification;

import io.holdfast.api.access.Role;
import io.holdfast.api.declared.DeclaredAnswerResource;
import io.holdfast.api.declared.DryRun;
import io.holdfast.api.declared.Precondition;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /notification-targets}. */
@Path("/api/v1/notification-targets")
@Tag(name = "Notifications")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class NotificationTargetResource {
  @Inject NotificationTargets targets;
  @Inject DeliveryService deliveries;

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "listNotificationTargets",
      summary = "List where notices go, by name, and how each was found")
  public NotificationTargetView.Page list(
      @QueryParam("limit") Integer limit, @QueryParam("cursor") String cursor) {
    return targets.list(limit, cursor);
  }

  @GET
  @Path("/{name}")
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "getNotificationTarget",
      summary = "Show a target, its routes and how it was found")
  @APIResponse(
      responseCode = "200",
      description = "The target, with its ETag",
      content = @Content(schema = @Schema(implementation = NotificationTargetView.class)))
  public RestResponse<NotificationTargetView> get(@PathParam("name") String name) {
    NotificationTargetView view = targets.get(name);
    return DeclaredAnswerResource.shown(view, view.version());
  }

  @PUT
  @Path("/{name}")
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Role.ADMIN)
  @Operation(
      operationId = "putNotificationTarget",
      summary = "Declare where notices go",
      description =
          "Creates or changes it; nothing is sent. Changing needs If-Match with the ETag that was"
              + " read.")
  @APIResponse(
      responseCode = "200",
      description = "Changed, or planned in a dry run",
      content = @Content(schema = @Schema(implementation = NotificationTargetView.class)))
  @APIResponse(
      responseCode = "201",
      description = "Created",
      content = @Content(schema = @Schema(implementation = NotificationTargetView.class)))
  public RestResponse<NotificationTargetView> put(
      @PathParam("name") String name,
      @Parameter(
              description = "Change nothing; show the plan",
              schema = @Schema(type = SchemaType.BOOLEAN))
          @QueryParam("dryRun")
          String dryRun,
      @HeaderParam("If-Match") String ifMatch,
      @HeaderParam("If-None-Match") String ifNoneMatch,
      @NotNull @Valid NotificationTargetRequest request) {
    return DeclaredAnswerResource.declared(
        targets.put(name, request, new Precondition(ifMatch, ifNoneMatch), DryRun.asked(dryRun)));
  }

  // There is no body but a problem, so generated clients accept nothing else.
  @DELETE
  @Produces({MediaType.APPLICATION_JSON, "application/problem+json"})
  @Path("/{name}")
  @RolesAllowed(Role.ADMIN)
  @Operation(
      operationId = "deleteNotificationTarget",
      summary = "Forget a target",
      description = "What waits for it is given up; the log stays. Needs If-Match.")
  @APIResponse(responseCode = "204", description = "Forgotten")
  public void delete(
      @PathParam("name") String name,
      @HeaderParam("If-Match") String ifMatch,
      @HeaderParam("If-None-Match") String ifNoneMatch) {
    targets.delete(name, new Precondition(ifMatch, ifNoneMatch));
  }

  @POST
  @Path("/{name}/tests")
  @RolesAllowed(Role.OPERATOR)
  @Operation(
      operationId = "createNotificationTest",
      summary = "Send a message that says that it is a test",
      description = "Whatever the routes of the target; its delivery says how it went.")
  @APIResponse(
      responseCode = "201",
      description = "It is on its way",
      content = @Content(schema = @Schema(implementation = DeliveryView.class)))
  public RestResponse<DeliveryView> test(@PathParam("name") String name) {
    return created(deliveries.test(name));
  }

  static RestResponse<DeliveryView> created(DeliveryView delivery) {
    return RestResponse.ResponseBuilder.<DeliveryView>created(
            URI.create("/api/v1/notification-deliveries/" + delivery.id()))
        .entity(delivery)
        .build();
  }
}
