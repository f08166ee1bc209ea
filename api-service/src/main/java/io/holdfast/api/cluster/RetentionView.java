package io.holdfast.api.cluster;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How long backups and WAL are kept; what is left out takes its default. */
@Schema(name = "Retention")
public record RetentionView(
    @Schema(description = "Days of which the newest good backup is kept; default 7")
        @Min(0)
        @Max(3660)
        Integer daily,
    @Schema(description = "Weeks, from Monday, likewise; default 4") @Min(0) @Max(1040)
        Integer weekly,
    @Schema(description = "Calendar months, likewise; default 12") @Min(0) @Max(600)
        Integer monthly,
    @Schema(description = "Calendar years, likewise; default 0") @Min(0) @Max(100) Integer yearly,
    @Schema(
            description =
                "COUNT (default): the last so many days, weeks, ... that have a good backup; AGE: the"
                    + " last so many up to the newest good backup, with or without one")
        @Pattern(regexp = "COUNT|AGE", message = "must be COUNT or AGE")
        String by,
    @Schema(description = "Restorable full backups that stay whatever the tiers say; default 2")
        @Min(1)
        @Max(100)
        Integer minimumFulls,
    @Schema(
            description =
                "To every moment of so long before the newest base backup the cluster can be brought"
                    + " back; default and least P7D",
            examples = "P7D")
        Duration walWindow,
    @Schema(
            description =
                "SINCE_OLDEST (default): WAL is kept from the oldest kept base backup on; WINDOW: for"
                    + " the window, and for older base backups what each of them needs")
        @Pattern(regexp = "SINCE_OLDEST|WINDOW", message = "must be SINCE_OLDEST or WINDOW")
        String walKeep,
    @Schema(description = "How long what nothing needs any more still stays; default P1D")
        Duration grace,
    @Schema(
            description =
                "A plan that removes more than this share of the backups asks first; default 0.5")
        @DecimalMin("0.01")
        @DecimalMax("1")
        Double maxDeleteShare,
    @Schema(
            description = "In which days, weeks, ... begin; default UTC",
            examples = "Europe/Berlin")
        @Size(max = 64)
        String timeZone) {}
