package io.holdfast.api.schedule;

import java.time.Instant;

/**
 * A run did not happen. Fired inside the transaction that records it.
 *
 * @param path of the schedule as in the API, without its version
 * @param runId finds the run: the schedule's number and when it was due
 */
public record RunMissed(String path, String runId, Instant at) {}
