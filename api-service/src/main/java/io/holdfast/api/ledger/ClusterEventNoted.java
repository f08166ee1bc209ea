package io.holdfast.api.ledger;

import java.time.Instant;
import java.util.Map;

/**
 * Something changed about a cluster. Fired inside the transaction that notes it: what a listener
 * writes is kept with the note.
 *
 * @param code null: the type says all
 */
public record ClusterEventNoted(
    String cluster,
    String type,
    String code,
    Instant at,
    String message,
    Map<String, String> details) {}
