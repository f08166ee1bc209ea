package io.holdfast.worker.manifest;

import io.holdfast.model.JobId;
import java.time.Instant;

/**
 * What is left of a backup that expired.
 *
 * @param because why nothing needed it any more
 * @param manifest its bytes, so that it can be put back as long as its objects are there; null when
 *     there was none
 */
public record Tombstone(JobId jobId, String because, Instant at, byte[] manifest) {}
