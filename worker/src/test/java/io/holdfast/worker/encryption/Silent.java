package io.holdfast.worker.encryption;

import io.holdfast.model.JobId;
import io.holdfast.model.cluster.Selection;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.model.scan.ScanPage;
import io.holdfast.worker.attempt.Attempt;
import java.io.Closeable;
import java.util.List;
import java.util.UUID;

/** An attempt that nobody listens to. */
final class Silent implements Attempt {
  private final JobId id = new JobId(UUID.randomUUID().toString());

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
  public void phase(String name, Long bytesTotal) {}

  @Override
  public void advanced(long plainBytes) {}

  @Override
  public void note(String code, String message) {}

  @Override
  public Registration closeOnStop(Closeable resource) {
    return () -> {};
  }
}
