package io.holdfast.api.projection;

import io.holdfast.api.job.EventBody;
import io.holdfast.model.Problem;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.job.JobResult;

/** Events as lines of history. */
final class EventBodies {
  private EventBodies() {}

  static String type(JobEvent event) {
    return switch (event) {
      case JobEvent.Accepted e -> "ACCEPTED";
      case JobEvent.Started e -> "STARTED";
      case JobEvent.NodeSelected e -> "NODE_SELECTED";
      case JobEvent.Progressed e -> "PROGRESSED";
      case JobEvent.Noted e -> "NOTED";
      case JobEvent.ContentsListed e -> "CONTENTS_LISTED";
      case JobEvent.RepositoryScanned e -> "REPOSITORY_SCANNED";
      case JobEvent.Succeeded e -> "SUCCEEDED";
      case JobEvent.Failed e -> "FAILED";
      case JobEvent.Cancelled e -> "CANCELLED";
    };
  }

  static EventBody of(JobEvent event) {
    return switch (event) {
      case JobEvent.Accepted e -> EventBody.none();
      case JobEvent.Started e -> EventBody.none();
      case JobEvent.NodeSelected e -> EventBody.selected(e.selection());
      case JobEvent.Progressed e ->
          EventBody.progress(e.phase(), e.bytesDone(), e.bytesTotal(), e.ratePerSecond());
      case JobEvent.Noted e -> EventBody.message(e.code(), e.message(), null);
      case JobEvent.ContentsListed e ->
          EventBody.message(
              null, e.entries().size() + " entries of database '" + e.database() + "'", null);
      case JobEvent.RepositoryScanned e ->
          EventBody.message(
              null,
              "page "
                  + e.page().number()
                  + ": "
                  + e.page().backups().size()
                  + " backups, "
                  + e.page().archives().size()
                  + " archives, "
                  + e.page().oddities().size()
                  + " oddities",
              null);
      case JobEvent.Succeeded e ->
          e.result() instanceof JobResult.BackedUp b && b.suspectBecause() != null
              ? EventBody.message("SUSPECT", b.suspectBecause(), null)
              : EventBody.none();
      case JobEvent.Failed e -> of(e.problem());
      case JobEvent.Cancelled e -> EventBody.message(null, e.reason(), null);
    };
  }

  private static EventBody of(Problem problem) {
    return EventBody.message(problem.code(), problem.detail(), problem.hint());
  }
}
