package io.holdfast.api.reencryption;

import io.holdfast.api.access.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** When a key has leaked: everything of a cluster that it opens, in one request. */
@Path("/api/v1/clusters/{name}/reencryptions")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Clusters")
public class ClusterReencryptionResource {
  private static final String POLL_SECONDS = "10";

  @Inject ClusterReencryptionService reencryptions;

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Role.ADMIN)
  @Operation(
      operationId = "createClusterReencryption",
      summary = "Put everything that a leaked key opens under the declared keys",
      description =
          "A job for each backup, which makes a second one, behind that of what it builds on, and"
              + " one for the WAL. Backups of which nobody knows the key count as opened.")
  @APIResponse(
      responseCode = "202",
      description = "The jobs are recorded and will run",
      content = @Content(schema = @Schema(implementation = ReencryptionView.class)))
  public Response create(
      @PathParam("name") String cluster,
      @HeaderParam("Idempotency-Key") String idempotencyKey,
      ReencryptionRequest request) {
    ClusterReencryptionService.Answer answer =
        reencryptions.request(
            cluster, request == null ? new ReencryptionRequest(null) : request, idempotencyKey);
    Response.ResponseBuilder response =
        Response.accepted(answer.view())
            .location(
                URI.create("/api/v1/clusters/" + cluster + "/reencryptions/" + answer.view().id()))
            .header("Retry-After", POLL_SECONDS);
    if (answer.replayed()) {
      response.header("Idempotent-Replayed", "true");
    }
    return response.build();
  }

  @GET
  @Path("/{id}")
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "getClusterReencryption",
      summary = "How far the jobs of such a request are")
  public ReencryptionView get(@PathParam("name") String cluster, @PathParam("id") String id) {
    return reencryptions.view(cluster, id);
  }
}
