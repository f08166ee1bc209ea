package io.holdfast.api.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A page of jobs, newest first. */
@Schema(name = "JobList")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobList(
    List<JobView> items,
    @Schema(description = "Give it as ?cursor= for the next page; absent on the last")
        String nextCursor) {}
