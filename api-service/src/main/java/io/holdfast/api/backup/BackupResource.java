package io.holdfast.api.backup;

import io.holdfast.api.access.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Backups that exist. */
@Path("/api/v1/backups")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Backups")
public class BackupResource {
  @Inject BackupQueries backups;

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(operationId = "listBackups", summary = "Backups, newest first")
  public BackupList list(
      @QueryParam("cluster") String cluster,
      @QueryParam("method") String method,
      @QueryParam("state") String state,
      @QueryParam("limit") Integer limit,
      @QueryParam("cursor") String cursor) {
    return backups.list(cluster, method, state, limit, cursor);
  }

  @GET
  @Path("/{id}")
  @RolesAllowed(Role.VIEWER)
  @Operation(operationId = "getBackup", summary = "One backup with its artifacts")
  public BackupView get(@PathParam("id") String id) {
    return backups.view(id);
  }

  @GET
  @Path("/{id}/contents")
  @RolesAllowed(Role.VIEWER)
  @Operation(operationId = "listBackupContents", summary = "What a logical backup holds")
  public ContentList contents(
      @PathParam("id") String id,
      @QueryParam("database") String database,
      @QueryParam("limit") Integer limit,
      @QueryParam("cursor") String cursor) {
    return backups.contents(id, database, limit, cursor);
  }
}
