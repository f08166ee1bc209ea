package io.holdfast.api.drill;

import io.holdfast.api.restore.RecoveryRequest;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What {@code POST /clusters/{name}/drills} takes. */
@Schema(name = "DrillRequest")
public record DrillRequest(
    @Schema(description = "This backup; absent: the newest that leads to the target")
        String backupId,
    @Schema(description = "As of a restore") String repository,
    @Schema(
            description =
                "Without action, and not STANDBY. Absent: a random moment of the newest window's last"
                    + " 24 hours, or LATEST while no such moment is known")
        RecoveryRequest target,
    @Schema(
            description =
                "Check every B-tree index where the extension amcheck is installed; default true")
        Boolean amcheck,
    @Schema(description = "At most 100 questions to the copy") List<AssertionRequest> assertions,
    @Schema(
            description =
                "ISO-8601: from the begin of the restore to a server that answers; default PT1H")
        String recoveryTimeObjective,
    @Schema(
            description =
                "ISO-8601: how far before the target the last commit may lie; default that of the"
                    + " cluster's archive, else PT5M")
        String recoveryPointObjective,
    Map<String, String> labels,
    @Schema(description = "ISO-8601 duration after which the job fails") String deadline) {

  @Schema(name = "DrillAssertion")
  public record AssertionRequest(
      @Schema(required = true) String name,
      @Schema(required = true) String database,
      @Schema(required = true, description = "One statement that gives one value; run read-only")
          String sql,
      @Schema(description = "That value as text; absent: it must be true") String expected) {}
}
