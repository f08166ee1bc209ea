package io.holdfast.api.archive;

import io.holdfast.api.access.Role;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /clusters/{name}/archive-settings}. */
@Path("/api/v1/clusters/{name}/archive-settings")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Archive")
public class ArchiveSettingsResource {
  @Inject ArchiveSettingsService settings;

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "getArchiveSettings",
      summary = "Show the lines of postgresql.conf that archive a cluster")
  public ArchiveSettingsView get(@PathParam("name") String cluster) {
    return settings.of(cluster);
  }
}
