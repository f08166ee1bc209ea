package io.holdfast.worker.attempt;

import io.holdfast.model.JobId;
import io.holdfast.model.cluster.Selection;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.model.scan.ScanPage;
import io.holdfast.worker.progress.Progress;
import java.util.List;

/** The attempt that is running: who it is, whether it may still change anything, what it tells. */
public interface Attempt extends Progress {
  JobId jobId();

  /** From 1. */
  int number();

  /** The worker that runs it. */
  String worker();

  /**
   * Returns only while this attempt owns the job. Called right before every step that makes
   * something visible or takes something away: the manifest, the rename of a restore, a deletion.
   *
   * @throws io.holdfast.worker.failure.JobStopped when the attempt was told to stop, or when the
   *     control plane may have given the job to another worker meanwhile
   */
  void requireHeld();

  /** The node that will be read, with the reason for every other. */
  void nodeSelected(Selection selection, Topology topology);

  /** A page of what a logical backup holds. */
  void contentsListed(String database, int page, List<ContentEntry> entries);

  /** A page of what a scan found. */
  void repositoryScanned(ScanPage page);
}
