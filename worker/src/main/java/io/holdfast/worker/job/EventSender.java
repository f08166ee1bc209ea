package io.holdfast.worker.job;

import io.holdfast.model.event.HoldfastEvent;
import io.holdfast.model.wire.TraceParent;
import java.util.concurrent.CompletionStage;

/** The way out. Thread-safe. */
interface EventSender {
  /**
   * Hands one event over.
   *
   * @param key what the order is kept for: the job id, or a cluster's or worker's name
   * @return completes when the broker has it, or fails when it could not be had in good time; the
   *     event may have arrived all the same, and its {@code eventId} tells
   */
  CompletionStage<Void> send(String key, HoldfastEvent event);

  /**
   * As {@link #send(String, HoldfastEvent)}, and says where the event stands in its trace.
   *
   * @param trace null: in none
   */
  default CompletionStage<Void> send(String key, HoldfastEvent event, TraceParent trace) {
    return send(key, event);
  }
}
