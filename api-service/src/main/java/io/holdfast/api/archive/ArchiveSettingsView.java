package io.holdfast.api.archive;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What the servers of a cluster must be set to. Values as they stand in postgresql.conf. */
@Schema(name = "ArchiveSettings")
public record ArchiveSettingsView(
    @Schema(description = "Whether the declaration asks for archiving; if not, this is a preview")
        boolean archived,
    @Schema(description = "PUSH or STREAM") String mode,
    String walLevel,
    @Schema(description = "Absent for STREAM: leave it as it is") String archiveMode,
    @Schema(description = "One line; absent for STREAM") String archiveCommand,
    @Schema(description = "One line; 0 delivered, 1 not in the archive, 255 cannot tell")
        String restoreCommand,
    @Schema(
            description =
                "Seconds: a segment is ended at least so often while something is written")
        int archiveTimeoutSeconds,
    @Schema(description = "STREAM: the replication slot that the workers own") String slotName,
    @Schema(description = "STREAM: how much WAL an unread slot may keep, such as 16GB")
        String maxSlotWalKeepSize,
    @Schema(description = "On the database host, owned by the server's user, mode 0600")
        String headerFile,
    @Schema(description = "What to write into the header file; the token never passes the API")
        String headerFileContent,
    @Schema(description = "The lines for postgresql.conf, with comments") String text) {}
