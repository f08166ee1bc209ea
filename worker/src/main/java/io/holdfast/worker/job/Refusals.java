package io.holdfast.worker.job;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Problem;
import io.holdfast.model.event.WorkerEvent;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Tells what this worker would not touch, and does not let go before the broker knows. */
@ApplicationScoped
class Refusals {
  private static final Logger LOG = Logger.getLogger(Refusals.class);
  private static final Duration RETRY_AFTER = Duration.ofMillis(500);

  private final WorkerIdentity identity;
  private final EventSender events;
  private final DeadLetters deadLetters;
  private final Clock clock;

  Refusals(WorkerIdentity identity, EventSender events, DeadLetters deadLetters, Clock clock) {
    this.identity = identity;
    this.events = events;
    this.deadLetters = deadLetters;
    this.clock = clock;
  }

  /**
   * @return whether the record is dealt with; false when the worker shuts down meanwhile
   */
  boolean report(CommandGate.Verdict.Refused refused) {
    LOG.warnf("refused a command for job %s: %s", refused.jobId(), refused.problem().detail());
    WorkerEvent.CommandRefused event =
        new WorkerEvent.CommandRefused(
            UUID.randomUUID().toString(),
            identity.id(),
            clock.instant(),
            identity.pool(),
            refused.jobId(),
            refused.attempt(),
            refused.authentic(),
            refused.problem());
    String key = refused.jobId() == null ? identity.id() : refused.jobId().value();
    return untilTaken(() -> events.send(key, event));
  }

  /** As {@link #report}, and keeps the record as it came. */
  boolean bury(CommandRecord record, CommandGate.Verdict.Unreadable unreadable) {
    Problem problem =
        Problem.of(
            ErrorCode.COMMAND_REFUSED,
            "a record on " + record.topic() + " cannot be read: " + unreadable.reason(),
            "it lies on the dead-letter topic; an API newer than this worker may have sent it");
    return untilTaken(() -> deadLetters.bury(record, unreadable.reason()))
        && report(new CommandGate.Verdict.Refused(null, null, unreadable.authentic(), problem));
  }

  private static boolean untilTaken(Supplier<CompletionStage<Void>> send) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        send.get().toCompletableFuture().join();
        return true;
      } catch (CompletionException brokerAway) {
        LockSupport.parkNanos(RETRY_AFTER.toNanos());
      }
    }
    return false;
  }
}
