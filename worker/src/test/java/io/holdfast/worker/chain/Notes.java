package io.holdfast.worker.chain;

import io.holdfast.model.JobId;
import io.holdfast.model.cluster.Selection;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.model.scan.ScanPage;
import io.holdfast.worker.attempt.Attempt;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** An attempt that keeps its notes, and is never stopped. */
final class Notes implements Attempt {
  final List<String> notes = new ArrayList<>();
  private final JobId id = new JobId(UUID.randomUUID().toString());
  private Runnable atCommit = () -> {};

  /** Something that happens when a backup is about to be published. */
  void atCommit(Runnable action) {
    atCommit = action;
  }

  @Override
  public JobId jobId() {
    return id;
  }

  @Override
  public int number() {
    return 1;
  }

  @Override
  public String worker() {
    return "test";
  }

  @Override
  public void requireHeld() {}

  @Override
  public void nodeSelected(Selection selection, Topology topology) {}

  @Override
  public void contentsListed(String database, int page, List<ContentEntry> entries) {}

  @Override
  public void repositoryScanned(ScanPage page) {}

  @Override
  public void phase(String name, Long bytesTotal) {
    if (name.equals("COMMITTING")) {
      atCommit.run();
    }
  }

  @Override
  public void advanced(long plainBytes) {}

  @Override
  public void note(String code, String message) {
    notes.add(code + ": " + message);
  }

  @Override
  public Registration closeOnStop(Closeable resource) {
    return () -> {};
  }
}
