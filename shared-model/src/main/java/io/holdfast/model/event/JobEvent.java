package io.holdfast.model.event;

import io.holdfast.model.JobId;
import io.holdfast.model.Problem;
import io.holdfast.model.cluster.Selection;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.model.scan.ScanPage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Something that happened to one attempt of one job. Each renews the attempt's lease. */
public sealed interface JobEvent extends HoldfastEvent {
  Header header();

  /**
   * @param eventId unique; the projection takes each once
   * @param sequence from 1 within the attempt
   * @param at the worker's clock, for people; leases run on the API's clock
   * @param lease how long until the worker may be taken for lost, from when the API reads this
   */
  record Header(
      String eventId,
      JobId jobId,
      int attempt,
      long sequence,
      String worker,
      Instant at,
      Duration lease) {}

  /** The worker has the command and its offset may be committed. */
  record Accepted(Header header) implements JobEvent {}

  record Started(Header header) implements JobEvent {}

  record NodeSelected(Header header, Selection selection, Topology topology) implements JobEvent {}

  /**
   * @param phase such as {@code SELECTING}, {@code DUMPING orders}, {@code COMMITTING}
   * @param bytesTotal null when unknown
   */
  record Progressed(
      Header header, String phase, long bytesDone, Long bytesTotal, long ratePerSecond)
      implements JobEvent {}

  /** Something a person should know that does not end the attempt, such as a retry elsewhere. */
  record Noted(Header header, String code, String message) implements JobEvent {}

  /** A page of what a logical backup holds, sent before {@code Succeeded}. */
  record ContentsListed(Header header, String database, int page, List<ContentEntry> entries)
      implements JobEvent {}

  /** A page of what a scan found, sent before {@code Succeeded}. */
  record RepositoryScanned(Header header, ScanPage page) implements JobEvent {}

  record Succeeded(Header header, JobResult result) implements JobEvent {}

  record Failed(Header header, Problem problem) implements JobEvent {}

  record Cancelled(Header header, String reason) implements JobEvent {}
}
