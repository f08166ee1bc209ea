package io.holdfast.model.repository;

import java.time.Instant;

/**
 * What a probe found by trying, never by the server's name.
 *
 * @param conditionalPut create-if-absent is honoured
 * @param multipartAbort an aborted upload leaves no object and no part
 * @param listAfterWrite a written object is listed and read at once
 * @param objectLock whether single objects can be locked; null when not tried or not to be seen
 * @param deletes whether the keys may remove objects; null when not tried
 * @param certificateExpiresAt of the certificate that the store showed, or of the first to expire
 *     between it and its authority; null without TLS or when the worker does not tell
 */
public record Capabilities(
    boolean writable,
    boolean conditionalPut,
    boolean multipartAbort,
    boolean listAfterWrite,
    Boolean objectLock,
    Boolean deletes,
    Instant certificateExpiresAt) {}
