package io.holdfast.api.job;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Why a job is to stop; shown in its history. */
@Schema(name = "CancellationRequest")
public record CancellationRequest(@Schema(maxLength = 500) String reason) {}
