package io.holdfast.api.backup;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A page of backups, newest first. */
@Schema(name = "BackupList")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BackupList(
    List<BackupView> items,
    @Schema(description = "Give it as ?cursor= for the next page; absent on the last")
        String nextCursor) {}
