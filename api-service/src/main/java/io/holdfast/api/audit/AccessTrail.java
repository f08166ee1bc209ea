package io.holdfast.api.audit;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Writes what was accessed, in batches behind the answers. The queue is bounded: when the catalog
 * cannot keep up, entries are lost, counted in {@code holdfast_audit_lost_total} and logged.
 * Changes do not come this way: see {@link ChangeTrail}.
 */
@ApplicationScoped
public class AccessTrail {
  private static final Logger LOG = Logger.getLogger(AccessTrail.class);
  private static final int QUEUE = 20_000;
  private static final int BATCH = 500;
  private static final int ATTEMPTS = 5;

  private final BlockingQueue<AuditEntry> waiting = new ArrayBlockingQueue<>(QUEUE);
  private volatile boolean running = true;
  private Thread writer;

  @Inject AuditWriter rows;
  @Inject MeterRegistry metrics;

  void start(@Observes StartupEvent start) {
    // There from the start: a counter that is not there cannot be watched.
    metrics.counter("holdfast.audit.lost").increment(0);
    writer = Thread.ofPlatform().daemon().name("audit").start(this::run);
  }

  void stop(@Observes ShutdownEvent stop) throws InterruptedException {
    running = false;
    writer.join(TimeUnit.SECONDS.toMillis(10));
  }

  /** Never blocks. */
  void add(AuditEntry entry) {
    if (!waiting.offer(entry)) {
      lost(1);
    }
  }

  private void run() {
    List<AuditEntry> batch = new ArrayList<>(BATCH);
    try {
      while (running || !waiting.isEmpty()) {
        AuditEntry first = waiting.poll(200, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          waiting.drainTo(batch, BATCH - 1);
          write(batch);
          batch.clear();
        }
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(List<AuditEntry> batch) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        rows.write(batch);
        return;
      } catch (SQLException | RuntimeException e) {
        if (attempt == ATTEMPTS || !running) {
          LOG.error("audit rows cannot be written", e);
          lost(batch.size());
          return;
        }
        TimeUnit.SECONDS.sleep(attempt);
      }
    }
  }

  private void lost(int entries) {
    metrics.counter("holdfast.audit.lost").increment(entries);
    LOG.errorf("%d audit rows of accesses are lost", entries);
  }
}
