package io.holdfast.api.kit;

import io.holdfast.api.access.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Recovery kits. */
@Path("/api/v1/clusters/{name}/recovery-kit")
@RunOnVirtualThread
@Tag(name = "Recovery kit")
public class KitResource {
  /** A kit is to be looked at: nothing in it may run or fetch anything. */
  private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'";

  @Inject RecoveryKit kits;

  @GET
  @Produces({MediaType.TEXT_HTML, MediaType.TEXT_PLAIN, "application/problem+json"})
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "getRecoveryKit",
      summary = "What a person needs when Holdfast is gone, as a page to print or as text",
      description = "Where the backups lie, which keys they need by name, and the commands.")
  @APIResponse(
      responseCode = "200",
      description = "The kit, as Accept asks for it",
      content = {
        @Content(mediaType = MediaType.TEXT_HTML, schema = @Schema(type = SchemaType.STRING)),
        @Content(mediaType = MediaType.TEXT_PLAIN, schema = @Schema(type = SchemaType.STRING))
      })
  public Response kit(@PathParam("name") String cluster, @Context HttpHeaders headers) {
    if (text(headers.getAcceptableMediaTypes())) {
      return Response.ok(kits.text(cluster), "text/plain;charset=UTF-8").build();
    }
    return Response.ok(kits.page(cluster), "text/html;charset=UTF-8")
        .header("Content-Security-Policy", POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .build();
  }

  /** In the order of preference; a page unless text comes first. */
  private static boolean text(List<MediaType> wanted) {
    return wanted.stream()
        .filter(
            type ->
                type.isCompatible(MediaType.TEXT_HTML_TYPE)
                    || type.isCompatible(MediaType.TEXT_PLAIN_TYPE))
        .findFirst()
        .filter(type -> !type.isCompatible(MediaType.TEXT_HTML_TYPE))
        .isPresent();
  }
}
