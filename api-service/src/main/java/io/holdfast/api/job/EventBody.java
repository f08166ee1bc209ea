package io.holdfast.api.job;

import io.holdfast.model.cluster.Selection;

/**
 * What a line of history says beyond its type: one flat shape for all types, absent fields absent.
 *
 * @param code of a problem or a note
 * @param message a sentence for people
 * @param outcome of the job, with {@code FINISHED}
 */
public record EventBody(
    String phase,
    Long bytesDone,
    Long bytesTotal,
    Long ratePerSecond,
    String code,
    String message,
    String hint,
    String outcome,
    Selection selection) {

  public static EventBody none() {
    return new EventBody(null, null, null, null, null, null, null, null, null);
  }

  public static EventBody message(String code, String message, String hint) {
    return new EventBody(null, null, null, null, code, message, hint, null, null);
  }

  public static EventBody outcome(String outcome, String code, String message, String hint) {
    return new EventBody(null, null, null, null, code, message, hint, outcome, null);
  }

  public static EventBody progress(String phase, Long done, Long total, Long rate) {
    return new EventBody(phase, done, total, rate, null, null, null, null, null);
  }

  public static EventBody selected(Selection selection) {
    return new EventBody(
        null, null, null, null, null, selection.explanation(), null, null, selection);
  }
}
