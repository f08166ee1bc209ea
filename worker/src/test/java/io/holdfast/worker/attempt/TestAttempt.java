package io.holdfast.worker.attempt;

import io.holdfast.model.JobId;
import io.holdfast.model.cluster.Selection;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.model.scan.ScanPage;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** Keeps what it is told, and is never stopped. */
public final class TestAttempt implements Attempt {
  private final JobId id;
  private final int number;
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Long> totals = new HashMap<>();
  private final List<ScanPage> pages = Collections.synchronizedList(new ArrayList<>());
  private final Consumer<String> phases;
  private final Runnable held;

  public TestAttempt() {
    this(phase -> {});
  }

  /**
   * @param phases hears of each as it begins
   */
  public TestAttempt(Consumer<String> phases) {
    this(new JobId(UUID.randomUUID().toString()), 1, phases, () -> {});
  }

  public TestAttempt(JobId id, int number) {
    this(id, number, phase -> {}, () -> {});
  }

  /**
   * @param held asked whether the attempt may go on; throws when not
   */
  public TestAttempt(JobId id, int number, Consumer<String> phases, Runnable held) {
    this.id = id;
    this.number = number;
    this.phases = phases;
    this.held = held;
  }

  /** {@code code message}. */
  public List<String> notes() {
    return notes;
  }

  /** How many bytes each phase would be: null where that was not known. */
  public Map<String, Long> totals() {
    return totals;
  }

  /** What a scan told. */
  public List<ScanPage> pages() {
    return pages;
  }

  @Override
  public JobId jobId() {
    return id;
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public String worker() {
    return "test";
  }

  @Override
  public void requireHeld() {
    held.run();
  }

  @Override
  public void nodeSelected(Selection selection, Topology topology) {}

  @Override
  public void contentsListed(String database, int page, List<ContentEntry> entries) {}

  @Override
  public void repositoryScanned(ScanPage page) {
    pages.add(page);
  }

  @Override
  public void phase(String name, Long bytesTotal) {
    totals.put(name, bytesTotal);
    phases.accept(name);
  }

  @Override
  public void advanced(long plainBytes) {}

  @Override
  public void note(String code, String message) {
    notes.add(code + " " + message);
  }

  @Override
  public Registration closeOnStop(Closeable resource) {
    return () -> {};
  }
}
