package io.holdfast.api.cluster;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How the WAL of a cluster is archived; what is left out takes its default. */
@Schema(name = "Archive")
public record ArchiveView(
    @Schema(description = "PUSH (default): the server's archiver brings it; STREAM: a worker does")
        @Pattern(regexp = "PUSH|STREAM", message = "must be PUSH or STREAM")
        String mode,
    @Schema(
            description =
                "PUSH only. SEND (default): curl sends each file; READ: it names the file, and the"
                    + " worker, whose configuration must allow it, reads it in the server's data"
                    + " directory, with several in flight")
        @Pattern(regexp = "SEND|READ", message = "must be SEND or READ")
        String transfer,
    @Schema(description = "Of zstd, 1 to 19; default 1") @Min(1) @Max(19) Integer compressionLevel,
    @Schema(
            description = "How much may be lost; beyond it the archive is late. Default PT5M",
            examples = "PT5M")
        Duration recoveryPointObjective,
    @Schema(
            description =
                "STREAM only: how often an unfinished segment is stored too; default never")
        Duration partialInterval,
    @Schema(
            description =
                "STREAM only: also from servers without max_slot_wal_keep_size, whose disk an unread"
                    + " slot can fill; default false")
        Boolean allowUnlimitedSlot,
    @Schema(
            description =
                "PUSH: the file on the database host that holds the token, read by curl; default"
                    + " /etc/holdfast/<cluster>.header")
        @Size(max = 1024)
        String headerFile,
    @Schema(description = "Of the worker on the database host; default http://127.0.0.1:9002")
        @Size(max = 255)
        String endpoint) {}
