package io.holdfast.api.cluster;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Which node a backup may read from; what is left out takes its default. */
@Schema(name = "StandbyPolicy")
public record StandbyPolicyView(
    @Schema(description = "PREFER_STANDBY (default), STANDBY or PRIMARY")
        @Pattern(
            regexp = "PREFER_STANDBY|STANDBY|PRIMARY",
            message = "must be PREFER_STANDBY, STANDBY or PRIMARY")
        String target,
    @Schema(description = "Replay lag behind the primary in bytes of WAL; default 1 MiB") @Min(0)
        Long maxLagBytes,
    @Schema(description = "Age of the last replayed commit; default not considered") @Min(0)
        Double maxLagSeconds,
    @Schema(description = "When no node is eligible: PRIMARY (default), WAIT or FAIL")
        @Pattern(regexp = "PRIMARY|WAIT|FAIL", message = "must be PRIMARY, WAIT or FAIL")
        String whenNone,
    @Schema(description = "How long WAIT waits; default PT5M, at most PT24H", examples = "PT5M")
        Duration waitFor) {}
