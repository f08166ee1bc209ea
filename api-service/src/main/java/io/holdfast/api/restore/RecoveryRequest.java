package io.holdfast.api.restore;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Where recovery of a physical restore ends. */
@Schema(name = "RecoveryTarget")
public record RecoveryRequest(
    @Schema(
            required = true,
            description =
                "END_OF_BACKUP (nothing but the backup's own WAL), IMMEDIATE (as soon as it is"
                    + " consistent), LATEST (the end of the archive), TIME, LSN, XID, NAME (a restore"
                    + " point) or STANDBY (never: it follows the cluster's primary)")
        String type,
    @Schema(description = "TIME: RFC 3339 with an offset", examples = "2026-01-31T04:05:06+01:00")
        String time,
    @Schema(description = "LSN", examples = "0/3000148") String lsn,
    @Schema(description = "XID: of 32 bits, as in the WAL", examples = "741") String xid,
    @Schema(description = "NAME: of a restore point") String name,
    @Schema(description = "TIME, LSN, XID: whether what happened exactly there is in; default true")
        Boolean inclusive,
    @Schema(
            description =
                "latest (default), current (that of the backup) or a decimal number; not with"
                    + " END_OF_BACKUP and STANDBY")
        String timeline,
    @Schema(
            description =
                "PROMOTE (default), PAUSE (open for reading) or SHUTDOWN; the latter two with"
                    + " IMMEDIATE, TIME, LSN, XID and NAME")
        String action,
    @Schema(
            description =
                "STANDBY: a physical replication slot at the primary, created when missing; absent:"
                    + " none")
        String slotName) {}
