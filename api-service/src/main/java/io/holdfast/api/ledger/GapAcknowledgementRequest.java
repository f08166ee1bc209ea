package io.holdfast.api.ledger;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** That somebody knows of a gap, and why it is all right. */
@Schema(name = "GapAcknowledgementRequest")
public record GapAcknowledgementRequest(@Schema(required = true, maxLength = 500) String reason) {}
