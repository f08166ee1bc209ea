package io.holdfast.model.repository;

/**
 * What a probe found by trying, never by the server's name.
 *
 * @param conditionalPut create-if-absent is honoured
 * @param multipartAbort an aborted upload leaves no object and no part
 * @param listAfterWrite a written object is listed and read at once
 * @param objectLock null when not tried
 */
public record Capabilities(
    boolean writable,
    boolean conditionalPut,
    boolean multipartAbort,
    boolean listAfterWrite,
    Boolean objectLock) {}
