package io.holdfast.model.repository;

/**
 * What a probe found by trying, never by the server's name.
 *
 * @param conditionalPut create-if-absent is honoured
 * @param multipartAbort an aborted upload leaves no object and no part
 * @param listAfterWrite a written object is listed and read at once
 * @param objectLock whether single objects can be locked; null when not tried or not to be seen
 * @param deletes whether the keys may remove objects; null when not tried
 */
public record Capabilities(
    boolean writable,
    boolean conditionalPut,
    boolean multipartAbort,
    boolean listAfterWrite,
    Boolean objectLock,
    Boolean deletes) {}
