package io.holdfast.api.audit;

import io.holdfast.api.access.Role;
import io.holdfast.api.problem.ApiProblem;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /audit}. */
@Path("/api/v1/audit")
@Tag(name = "Access")
@Produces(MediaType.APPLICATION_JSON)
public class AuditResource {
  @Inject AuditService audit;

  @GET
  @RolesAllowed(Role.ADMIN)
  @Operation(
      summary = "List who did what, newest first",
      description = "Every access and change, the refused ones too. Rows cannot be changed.")
  public AuditView.Page listAudit(
      @Parameter(description = "ACCESS, CHANGE or ALARM") @QueryParam("kind") String kind,
      @QueryParam("keyId") String keyId,
      @QueryParam("operation") String operation,
      @Parameter(description = "The exact path") @QueryParam("target") String target,
      @QueryParam("status") Integer status,
      @QueryParam("traceId") String traceId,
      @Parameter(schema = @Schema(type = SchemaType.STRING, format = "date-time"))
          @QueryParam("since")
          String since,
      @Parameter(schema = @Schema(type = SchemaType.STRING, format = "date-time"))
          @QueryParam("until")
          String until,
      @QueryParam("limit") Integer limit,
      @QueryParam("cursor") String cursor) {
    return audit.list(
        new AuditService.Filter(
            plain("kind", kind),
            plain("keyId", keyId),
            plain("operation", operation),
            plain("target", target),
            status,
            plain("traceId", traceId),
            time("since", since),
            time("until", until)),
        limit,
        cursor);
  }

  private static String plain(String field, String text) {
    if (text != null && (text.length() > 300 || text.indexOf('\0') >= 0)) {
      throw ApiProblem.invalid(field, "must be plain text of at most 300", "Shorten it.");
    }
    return text;
  }

  private static Instant time(String field, String text) {
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw ApiProblem.invalid(
          field, "must be an RFC 3339 time with an offset", "Such as 2026-01-31T04:05:06Z.");
    }
  }
}
