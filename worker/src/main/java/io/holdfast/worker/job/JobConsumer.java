package io.holdfast.worker.job;

import io.holdfast.model.command.JobCommand;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/**
 * Takes commands: accept, then acknowledge. One record at a time; a job is accepted only when there
 * is room to start it at once, or else handed over to another worker of the pool, as is every
 * command that a worker gets which is told to end. Its record is acknowledged when the broker has
 * the {@code Accepted} event. Who runs the job from then on is settled by its lease, not by Kafka.
 */
@ApplicationScoped
class JobConsumer {
  private static final Logger LOG = Logger.getLogger(JobConsumer.class);

  /** Then another worker is asked, and so is what waits behind the record read. */
  private static final Duration ROOM_WITHIN = Duration.ofSeconds(1);

  private final CommandGate gate;
  private final Refusals refusals;
  private final HandOver handOver;
  private final JobRunner runner;
  private final TopologyObserver topology;
  private final Archives archives;
  private final ExecutorService consuming =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("commands").daemon().factory());
  private final ExecutorService cancelling =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("cancellations").daemon().factory());

  JobConsumer(
      CommandGate gate,
      Refusals refusals,
      HandOver handOver,
      JobRunner runner,
      TopologyObserver topology,
      Archives archives) {
    this.gate = gate;
    this.refusals = refusals;
    this.handOver = handOver;
    this.runner = runner;
    this.topology = topology;
    this.archives = archives;
  }

  @Incoming("commands")
  @Acknowledgment(Acknowledgment.Strategy.MANUAL)
  Uni<Void> takeCommand(Message<byte[]> message) {
    return take(message, consuming);
  }

  /** Every worker of the pool reads every cancellation; only the one that runs the job acts. */
  @Incoming("cancellations")
  @Acknowledgment(Acknowledgment.Strategy.MANUAL)
  Uni<Void> takeCancellation(Message<byte[]> message) {
    return take(message, cancelling);
  }

  private Uni<Void> take(Message<byte[]> message, ExecutorService thread) {
    return Uni.createFrom()
        .item(message)
        .emitOn(thread)
        .onItem()
        .transform(taken -> decide(CommandRecord.of(taken)))
        .onItem()
        .transformToUni(
            done ->
                done ? Uni.createFrom().completionStage(message::ack) : Uni.createFrom().nothing());
  }

  /**
   * @return whether the record may be acknowledged; false leaves it to another worker
   */
  private boolean decide(CommandRecord record) {
    CommandGate.Verdict verdict = gate.check(record.value(), record.keyId(), record.signature());
    return switch (verdict) {
      case CommandGate.Verdict.Unreadable unreadable -> refusals.bury(record, unreadable);
      case CommandGate.Verdict.Refused refused -> refusals.report(refused);
      case CommandGate.Verdict.Pass pass -> act(pass.command(), record);
    };
  }

  private boolean act(JobCommand command, CommandRecord record) {
    return switch (command) {
      case JobCommand.RunJob run -> accept(run, record);
      case JobCommand.CancelJob cancel -> {
        runner.cancel(cancel);
        yield true;
      }
      case JobCommand.ObserveTopology observe -> {
        topology.observe(observe);
        yield true;
      }
      case JobCommand.ArchiveCluster archive -> {
        archives.declared(record);
        yield true;
      }
      case JobCommand.ObserveArchive observe -> {
        archives.observe(observe);
        yield true;
      }
    };
  }

  private boolean accept(JobCommand.RunJob run, CommandRecord record) {
    try {
      while (!runner.reserve(ROOM_WITHIN)) {
        if (handOver.offer(record)) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    // Waiting for room may have taken long; a late command is another worker's by now.
    if (gate.inTime(run) instanceof CommandGate.Verdict.Refused late) {
      runner.release();
      return refusals.report(late);
    }
    if (!gate.firstTime(run)) {
      runner.release();
      LOG.infof(
          "job %s attempt %d was delivered again and is not run again", run.jobId(), run.attempt());
      return true;
    }
    try {
      return runner.accept(run, record.trace());
    } catch (CancellationException interrupted) {
      return false;
    }
  }

  /** Reads no more commands; what is read already and not accepted stays with Kafka. */
  void close() {
    consuming.shutdownNow();
  }
}
