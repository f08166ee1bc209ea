package io.holdfast.model.job;

import io.holdfast.model.Lsn;

/**
 * Whole segments of one timeline.
 *
 * @param systemIdentifier decimal text
 * @param from where the first of them begins
 * @param to where the last of them ends
 */
public record WalRange(String systemIdentifier, int timeline, int segmentBytes, Lsn from, Lsn to) {}
