package io.holdfast.api.schedule;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What becomes of the runs of one schedule that may start. Pure. */
final class Settlement {
  static final String LATE = "LATE";
  static final String REFUSED = "REFUSED";
  static final String WINDOW_CLOSED = "WINDOW_CLOSED";
  static final String NOT_ASKED = "NOT_ASKED";
  static final String PAUSED = "PAUSED";
  static final String WINDOW = "WINDOW";
  static final String RUNNING = "RUNNING";
  static final String COALESCED = "COALESCED";

  private Settlement() {}

  /**
   * @param refusal why it was not taken when it was last asked for; null: it was not refused
   */
  record Due(Rhythm.Times times, String refusal) {}

  /**
   * @param external whether somebody else makes the request
   * @param window null: always open
   * @param unfinished the id of the job that an earlier run became and that has not ended; null:
   *     there is none
   * @param complete whether the newest run that is due is among these; if not, none is started
   */
  record Standing(
      boolean external,
      boolean paused,
      StartWindow window,
      String unfinished,
      boolean complete,
      Instant now) {}

  /** What a run comes to. Nothing is said about one that goes on waiting. */
  sealed interface Decision {
    Due due();
  }

  record Start(Due due) implements Decision {}

  record Missed(Due due, String code, String reason) implements Decision {}

  record Skipped(Due due, String code, String reason) implements Decision {}

  /**
   * @param open runs whose start has come, the oldest first
   */
  static List<Decision> decide(List<Due> open, Standing standing) {
    List<Decision> decisions = new ArrayList<>();
    List<Due> startable = new ArrayList<>();
    for (Due due : open) {
      if (standing.paused()) {
        decisions.add(new Skipped(due, PAUSED, "The schedule is paused."));
      } else if (standing.window() != null && !standing.window().contains(due.times().startAt())) {
        decisions.add(new Skipped(due, WINDOW, "Runs start from " + standing.window() + " only."));
      } else if (!standing.now().isBefore(due.times().deadlineAt())) {
        decisions.add(late(due, standing.external()));
      } else if (standing.window() != null && !standing.window().contains(standing.now())) {
        decisions.add(windowClosed(due, standing.window()));
      } else if (!standing.external()) {
        startable.add(due);
      }
    }
    start(startable, standing, decisions);
    return decisions;
  }

  /** The newest stands for all that could not start. */
  private static void start(List<Due> startable, Standing standing, List<Decision> decisions) {
    if (startable.isEmpty()) {
      return;
    }
    Due newest = startable.getLast();
    int older = standing.complete() ? startable.size() - 1 : startable.size();
    for (Due due : startable.subList(0, older)) {
      decisions.add(coalesced(due, standing.complete() ? newest.times().dueAt() : null));
    }
    if (!standing.complete()) {
      return;
    }
    decisions.add(
        standing.unfinished() == null
            ? new Start(newest)
            : new Skipped(
                newest,
                RUNNING,
                "Job " + standing.unfinished() + ", which an earlier run became, has not ended."));
  }

  /**
   * @param newer when the run is due that stands for it; null: it is not known yet
   */
  static Skipped coalesced(Due due, Instant newer) {
    return new Skipped(
        due,
        COALESCED,
        newer == null
            ? "A later run that is due already stands for it."
            : "The run due at " + newer + " stands for it.");
  }

  private static Missed late(Due due, boolean external) {
    Instant deadline = due.times().deadlineAt();
    if (external) {
      return new Missed(due, NOT_ASKED, "No matching request came until " + deadline + ".");
    }
    return due.refusal() == null
        ? new Missed(due, LATE, "Nothing could start it until " + deadline + ".")
        : refused(due, "until " + deadline);
  }

  private static Missed windowClosed(Due due, StartWindow window) {
    return due.refusal() == null
        ? new Missed(due, WINDOW_CLOSED, "Nothing could start it from " + window + ".")
        : refused(due, "from " + window);
  }

  private static Missed refused(Due due, String when) {
    return new Missed(due, REFUSED, "It was refused " + when + ": " + due.refusal());
  }
}
