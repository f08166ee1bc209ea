package io.holdfast.worker.job;

import io.holdfast.model.command.JobCommand.RunJob;
import io.holdfast.model.event.JobEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The events of one attempt, in order. One is in flight at a time, and each is offered until the
 * broker takes it, so an outage delays events and loses none. Waiting progress is overtaken by
 * newer progress, so an outage piles up nothing either. Thread-safe; nothing here blocks.
 */
final class JobEvents {
  private static final Duration RETRY_AFTER = Duration.ofMillis(500);

  private final RunJob command;
  private final String worker;
  private final Lease lease;
  private final EventSender sender;
  private final ScheduledExecutorService timer;
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private boolean inFlight;
  private long sequence;
  private Lease.Moment lastOffered;

  private static final class Entry {
    private final Function<JobEvent.Header, JobEvent> event;
    private final Instant at;
    private final boolean progress;
    private final CompletableFuture<Void> taken = new CompletableFuture<>();
    private JobEvent made;

    private Entry(Function<JobEvent.Header, JobEvent> event, Instant at, boolean progress) {
      this.event = event;
      this.at = at;
      this.progress = progress;
    }
  }

  JobEvents(
      RunJob command,
      String worker,
      Lease lease,
      EventSender sender,
      ScheduledExecutorService timer) {
    this.command = command;
    this.worker = worker;
    this.lease = lease;
    this.sender = sender;
    this.timer = timer;
    this.lastOffered = lease.now();
  }

  /**
   * @return completes when the broker has it; never fails
   */
  CompletableFuture<Void> emit(Function<JobEvent.Header, JobEvent> event) {
    return enqueue(event, false);
  }

  /** Replaces progress that still waits. */
  void emitProgress(Function<JobEvent.Header, JobEvent> event) {
    CompletableFuture<Void> unused = enqueue(event, true);
  }

  /** How long ago an event was last offered to the broker. */
  synchronized Duration quietFor() {
    return Duration.ofNanos(lease.now().nanos() - lastOffered.nanos());
  }

  private CompletableFuture<Void> enqueue(
      Function<JobEvent.Header, JobEvent> event, boolean progress) {
    Entry entry;
    synchronized (this) {
      entry = new Entry(event, lease.now().wall(), progress);
      Entry last = waiting.peekLast();
      if (progress && last != null && last.progress && last.made == null) {
        waiting.removeLast();
      }
      waiting.addLast(entry);
    }
    pump();
    return entry.taken;
  }

  private void pump() {
    Entry entry;
    Lease.Moment sentAt;
    synchronized (this) {
      entry = waiting.peekFirst();
      if (inFlight || entry == null) {
        return;
      }
      inFlight = true;
      sentAt = lease.now();
      lastOffered = sentAt;
      if (entry.made == null) {
        // Numbered on its way out, so that overtaken progress leaves no hole in the sequence.
        entry.made = entry.event.apply(header(entry.at));
      }
    }
    offer(entry, sentAt);
  }

  private void offer(Entry entry, Lease.Moment sentAt) {
    CompletableFuture<Void> sent;
    try {
      sent = sender.send(command.jobId().value(), entry.made).toCompletableFuture();
    } catch (RuntimeException e) {
      sent = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<Void> unused =
        sent.handle(
            (nothing, failure) -> {
              if (failure == null) {
                taken(entry, sentAt);
              } else {
                offerAgainLater();
              }
              return null;
            });
  }

  private void taken(Entry entry, Lease.Moment sentAt) {
    lease.renewed(sentAt);
    synchronized (this) {
      inFlight = false;
      waiting.remove(entry);
    }
    entry.taken.complete(null);
    pump();
  }

  private void offerAgainLater() {
    var unused =
        timer.schedule(
            () -> {
              synchronized (this) {
                inFlight = false;
              }
              pump();
            },
            RETRY_AFTER.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private JobEvent.Header header(Instant at) {
    return new JobEvent.Header(
        UUID.randomUUID().toString(),
        command.jobId(),
        command.attempt(),
        ++sequence,
        worker,
        at,
        lease.length());
  }
}
