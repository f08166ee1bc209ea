package io.holdfast.api.projection;

import io.holdfast.model.event.WorkerEvent;

/**
 * A worker found a command that this service did not sign. Fired inside the transaction that takes
 * the event; an alarm, and nothing about the job it names.
 */
public record CommandForged(WorkerEvent.CommandRefused refusal) {}
