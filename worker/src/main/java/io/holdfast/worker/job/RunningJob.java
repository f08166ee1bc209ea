package io.holdfast.worker.job;

import io.holdfast.model.JobId;
import io.holdfast.model.cluster.Selection;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.command.JobCommand.RunJob;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.model.scan.ScanPage;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobStopped;
import io.holdfast.worker.trace.JobTrace;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/** The state of an attempt while it runs. Thread-safe. */
final class RunningJob implements Attempt {
  private static final Logger LOG = Logger.getLogger(RunningJob.class);
  private static final Duration PROGRESS_EVERY = Duration.ofSeconds(1);

  private final RunJob command;
  private final String worker;
  private final Lease lease;
  private final JobEvents events;
  private final JobTrace trace;
  private final Executor closer;
  private final Set<Closeable> closedOnStop = ConcurrentHashMap.newKeySet();
  private final AtomicReference<StopReason> stopped = new AtomicReference<>();
  private final CountDownLatch reported = new CountDownLatch(1);
  private final AtomicLong bytesDone = new AtomicLong();
  private volatile Phase phase = new Phase("STARTING", null, 0);
  private volatile boolean changed;
  private Sample last;

  private record Phase(String name, Long bytesTotal, long bytesBefore) {}

  private record Sample(long nanos, long bytes, long rate) {}

  /**
   * @param closer runs what {@link #closeOnStop} asks for; closing may block
   */
  RunningJob(
      RunJob command,
      String worker,
      Lease lease,
      JobEvents events,
      JobTrace trace,
      Executor closer) {
    this.command = command;
    this.worker = worker;
    this.lease = lease;
    this.events = events;
    this.trace = trace;
    this.closer = closer;
    this.last = new Sample(lease.now().nanos(), 0, 0);
  }

  RunJob command() {
    return command;
  }

  JobEvents events() {
    return events;
  }

  JobTrace trace() {
    return trace;
  }

  /** Null while nobody asked it to stop. */
  StopReason stopped() {
    return stopped.get();
  }

  /** Closes what is registered, so that blocked reads and children end. Idempotent. */
  void stop(StopReason reason) {
    if (stopped.compareAndSet(null, reason)) {
      LOG.infof("job %s attempt %d stops: %s", jobId(), number(), reason.sentence());
      closedOnStop.forEach(this::closeSoon);
    }
  }

  /** The terminal event is with the broker. */
  void reported() {
    reported.countDown();
  }

  boolean awaitReported(long time, TimeUnit unit) throws InterruptedException {
    return reported.await(time, unit);
  }

  /** Called some times a second: deadline, lease, progress. */
  void tick() {
    if (command.deadlineAt() != null && lease.now().wall().isAfter(command.deadlineAt())) {
      stop(new StopReason.DeadlinePassed(command.deadlineAt()));
    }
    if (!lease.held()) {
      stop(new StopReason.LeaseLost(lease.length()));
    }
    Duration quiet = events.quietFor();
    boolean renew = quiet.compareTo(lease.length().dividedBy(3)) >= 0;
    if (renew || (quiet.compareTo(PROGRESS_EVERY) >= 0 && takeChanged())) {
      report();
    }
  }

  private boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  private synchronized void report() {
    Phase now = phase;
    long bytes = bytesDone.get() - now.bytesBefore();
    // Totals are estimates. One that was too low grows, as nobody believes in 103 percent.
    Long total = now.bytesTotal() == null ? null : Long.valueOf(Math.max(now.bytesTotal(), bytes));
    Sample sample = sample(bytesDone.get());
    events.emitProgress(
        header -> new JobEvent.Progressed(header, now.name(), bytes, total, sample.rate()));
  }

  /** A rate over at least half a second: a shorter time says more about the clock. */
  private Sample sample(long bytes) {
    long nanos = lease.now().nanos();
    double seconds = (nanos - last.nanos()) / 1e9;
    if (seconds >= 0.5) {
      last = new Sample(nanos, bytes, (long) ((bytes - last.bytes()) / seconds));
    }
    return last;
  }

  @Override
  public JobId jobId() {
    return command.jobId();
  }

  @Override
  public int number() {
    return command.attempt();
  }

  @Override
  public String worker() {
    return worker;
  }

  @Override
  public void requireHeld() {
    if (!lease.held()) {
      stop(new StopReason.LeaseLost(lease.length()));
    }
    requireRunning();
  }

  private void requireRunning() {
    StopReason reason = stopped.get();
    if (reason != null) {
      throw new JobStopped(reason.sentence());
    }
  }

  @Override
  public void phase(String name, Long bytesTotal) {
    requireRunning();
    synchronized (this) {
      phase = new Phase(name, bytesTotal, bytesDone.get());
      changed = false;
    }
    trace.phase(name);
    report();
  }

  @Override
  public void advanced(long plainBytes) {
    requireRunning();
    bytesDone.addAndGet(plainBytes);
    changed = true;
  }

  @Override
  public void note(String code, String message) {
    requireRunning();
    var unused = events.emit(header -> new JobEvent.Noted(header, code, message));
  }

  @Override
  public void nodeSelected(Selection selection, Topology topology) {
    requireRunning();
    if (selection.node() != null) {
      trace.say("node", selection.node());
      MDC.put("node", selection.node());
    }
    var unused = events.emit(header -> new JobEvent.NodeSelected(header, selection, topology));
  }

  @Override
  public void contentsListed(String database, int page, List<ContentEntry> entries) {
    requireRunning();
    var unused =
        events.emit(header -> new JobEvent.ContentsListed(header, database, page, entries));
  }

  @Override
  public void repositoryScanned(ScanPage page) {
    requireRunning();
    var unused = events.emit(header -> new JobEvent.RepositoryScanned(header, page));
  }

  @Override
  public Registration closeOnStop(Closeable resource) {
    requireRunning();
    closedOnStop.add(resource);
    if (stopped.get() != null) {
      // Stopped between the check and the registration: nobody else would close it.
      closeSoon(resource);
    }
    return () -> closedOnStop.remove(resource);
  }

  private void closeSoon(Closeable resource) {
    closer.execute(
        () -> {
          try {
            resource.close();
          } catch (IOException | RuntimeException e) {
            LOG.warnf(e, "closing a resource of stopped job %s failed", jobId());
          }
        });
  }
}
