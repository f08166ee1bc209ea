package io.holdfast.model.command;

import java.time.Instant;

/**
 * @param commandId unique; a worker takes each once
 * @param pool the pool it is meant for; a worker of another pool refuses it
 * @param expiresAt a worker that reads it later refuses it
 */
public record CommandHeader(String commandId, String pool, Instant issuedAt, Instant expiresAt) {}
