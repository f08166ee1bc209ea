package io.holdfast.api.backup;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What {@code POST /clusters/{name}/backups} takes. */
@Schema(name = "BackupRequest")
public record BackupRequest(
    @Schema(required = true, description = "LOGICAL or PHYSICAL") String method,
    LogicalOptions logical,
    PhysicalOptions physical,
    CompressionOptions compression,
    @Schema(description = "Plain bytes read from the source per second; absent: unlimited")
        Long rateLimitBytesPerSecond,
    @Schema(description = "Instead of the cluster's own, for this backup")
        PolicyOptions standbyPolicy,
    @Schema(description = "Instead of the cluster's own, for this backup") String repository,
    Map<String, String> labels,
    @Schema(description = "ISO-8601 duration after which the job fails, such as PT2H")
        String deadline) {

  @Schema(name = "LogicalBackupOptions")
  public record LogicalOptions(
      @Schema(description = "CUSTOM (default), PLAIN or DIRECTORY") String format,
      DatabaseSelection databases,
      @Schema(description = "pg_dump patterns; absent: all") List<String> schemas,
      List<String> tables,
      List<String> excludeSchemas,
      List<String> excludeTables,
      @Schema(description = "ALL (default), SCHEMA_ONLY or DATA_ONLY") String content,
      @Schema(description = "Parallel dump jobs; more than 1 only with DIRECTORY") Integer jobs,
      @Schema(description = "EXACT (default) or ESTIMATED") String rowCounts) {}

  @Schema(name = "DatabaseSelection")
  public record DatabaseSelection(
      @Schema(description = "Names or glob patterns; absent: every database") List<String> include,
      List<String> exclude) {}

  @Schema(name = "PhysicalBackupOptions")
  public record PhysicalOptions(
      @Schema(description = "FAST (default) or SPREAD") String checkpoint,
      @Schema(
              description =
                  "FULL (default), or INCREMENTAL: what changed since the parent. PostgreSQL 17 and"
                      + " later, with summarize_wal")
          String type,
      @Schema(
              description =
                  "With INCREMENTAL, where that cannot be: FAIL (default), or take a FULL one")
          String otherwise,
      @Schema(
              description =
                  "With INCREMENTAL: the id of the backup it builds on; absent: the newest available"
                      + " physical backup of the cluster in the same repository")
          String parent) {}

  @Schema(name = "CompressionOptions")
  public record CompressionOptions(
      @Schema(description = "ZSTD (default), GZIP, LZ4 or NONE") String codec,
      Integer level,
      Integer workers,
      @Schema(description = "WORKER (default) or SERVER") String where) {}

  @Schema(name = "StandbyPolicyOptions")
  public record PolicyOptions(
      @Schema(description = "PREFER_STANDBY, STANDBY or PRIMARY") String target,
      Long maxLagBytes,
      Double maxLagSeconds,
      @Schema(description = "PRIMARY, WAIT or FAIL") String whenNone,
      @Schema(description = "ISO-8601 duration") String waitFor) {}
}
