package io.holdfast.worker.transfer;

import io.holdfast.model.Codec;
import io.holdfast.model.manifest.Artifact.Digest;

/**
 * What a transfer observed.
 *
 * @param plain null when the bytes came compressed and were not looked into
 */
public record TransferSummary(String key, Codec codec, Digest plain, Digest stored) {}
