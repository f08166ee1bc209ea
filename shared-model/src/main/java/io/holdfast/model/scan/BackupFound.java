package io.holdfast.model.scan;

import io.holdfast.model.manifest.Manifest;

/**
 * A backup that exists: its manifest was read and is vouched for.
 *
 * @param manifestSha256 of {@code manifest.json} as it is stored, lower-case hexadecimal
 */
public record BackupFound(String manifestSha256, Manifest manifest) {}
