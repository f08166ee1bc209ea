package io.holdfast.api.projection;

import io.holdfast.api.job.JobAttemptEntity;
import io.holdfast.api.job.JobEntity;
import io.holdfast.api.job.JobHistory;
import io.holdfast.api.job.JobLifecycle;
import io.holdfast.api.job.JobState;
import io.holdfast.model.JobId;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.event.HoldfastEvent;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.event.WorkerEvent;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Events as rows. Takes each event once, keeps all of them, and lets only those of a job's current
 * attempt change anything: a worker that wakes up after its lease is told to stop and nothing else.
 */
@ApplicationScoped
public class JobProjection {
  /** What became of an event. */
  enum Taken {
    CONSUMED,
    DUPLICATE,
    STALE,
    /** Of a job that this catalog does not have. */
    UNKNOWN_JOB;

    String metric() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  @Inject JobLifecycle lifecycle;
  @Inject JobHistory history;
  @Inject WorkerProjection workers;
  @Inject Clock clock;
  @Inject Event<Topology> topologySeen;
  @Inject Event<ArchiveObservation> archiveSeen;
  @Inject Event<WorkerEvent.WalRefused> walRefused;
  @Inject Event<ContentsSeen> contentsSeen;
  @Inject Event<LateManifest> lateManifest;
  @Inject Event<PageSeen> pageSeen;

  /**
   * All of them, in their order and in one transaction. The jobs' rows are locked together and in
   * one order, and everything about them is read at once: an event costs no query of its own.
   */
  @Transactional
  public List<Taken> take(List<HoldfastEvent> events) {
    List<JobEvent.Header> headers =
        events.stream()
            .filter(JobEvent.class::isInstance)
            .map(event -> ((JobEvent) event).header())
            .toList();
    Map<JobId, JobEntity> jobs =
        JobEntity.lockAll(headers.stream().map(JobEvent.Header::jobId).collect(Collectors.toSet()));
    Set<String> known = history.known(headers.stream().map(JobEvent.Header::eventId).toList());
    return events.stream().map(event -> take(event, jobs, known)).toList();
  }

  private Taken take(HoldfastEvent event, Map<JobId, JobEntity> jobs, Set<String> known) {
    return switch (event) {
      case JobEvent jobEvent -> take(jobEvent, jobs.get(jobEvent.header().jobId()), known);
      case WorkerEvent.Heartbeat heartbeat -> {
        workers.seen(heartbeat);
        yield Taken.CONSUMED;
      }
      case WorkerEvent.TopologyObserved observed -> {
        topologySeen.fire(observed.topology());
        yield Taken.CONSUMED;
      }
      case WorkerEvent.ArchiveObserved observed -> {
        archiveSeen.fire(observed.observation());
        yield Taken.CONSUMED;
      }
      case WorkerEvent.WalRefused refused -> {
        walRefused.fire(refused);
        yield Taken.CONSUMED;
      }
      case WorkerEvent.CommandRefused refused ->
          workers.refused(refused) ? Taken.CONSUMED : Taken.DUPLICATE;
    };
  }

  /**
   * @param job its row, locked; null when there is none
   * @param known ids of events that are rows; this one's is added
   */
  private Taken take(JobEvent event, JobEntity job, Set<String> known) {
    JobEvent.Header header = event.header();
    if (job == null) {
      return Taken.UNKNOWN_JOB;
    }
    if (!known.add(header.eventId())) {
      return Taken.DUPLICATE;
    }
    boolean current =
        header.attempt() == job.attempt && job.dispatchedAt != null && !job.state.done();
    history.heard(
        job,
        header.eventId(),
        EventBodies.type(event),
        header.attempt(),
        !current,
        header.at(),
        header.worker(),
        EventBodies.of(event));
    if (!current) {
      stale(job, event);
      return Taken.STALE;
    }
    apply(job, event);
    return Taken.CONSUMED;
  }

  private void apply(JobEntity job, JobEvent event) {
    JobEvent.Header header = event.header();
    switch (event) {
      case JobEvent.Succeeded succeeded -> {
        boolean unused = lifecycle.succeed(job, succeeded.result());
        return;
      }
      case JobEvent.Failed failed -> {
        boolean unused = lifecycle.fail(job, failed.problem());
        return;
      }
      case JobEvent.Cancelled cancelled -> {
        boolean unused = lifecycle.cancelled(job, cancelled.reason());
        return;
      }
      case JobEvent.Accepted accepted -> {
        if (job.cancelRequestedAt != null) {
          // Asked for before a worker had it: the one that has it now has not heard.
          lifecycle.stopWorker(job, job.attempt, "a cancel was asked for");
        }
      }
      case JobEvent.Started started -> started(job);
      case JobEvent.NodeSelected selected -> selected(job, selected);
      case JobEvent.Progressed progressed -> {
        job.phase = progressed.phase();
        job.bytesDone = progressed.bytesDone();
        job.bytesTotal = progressed.bytesTotal();
        job.ratePerSecond = progressed.ratePerSecond();
      }
      case JobEvent.Noted noted -> {
        // History has it.
      }
      case JobEvent.ContentsListed listed ->
          contentsSeen.fire(
              new ContentsSeen(
                  header.jobId(), spec(job), listed.database(), listed.page(), listed.entries()));
      case JobEvent.RepositoryScanned scanned ->
          pageSeen.fire(new PageSeen(header.jobId(), spec(job), scanned.page()));
    }
    boolean unused = lifecycle.report(job, header.worker(), header.lease());
  }

  private void started(JobEntity job) {
    JobAttemptEntity attempt = JobAttemptEntity.of(job.id, job.attempt);
    if (attempt != null && attempt.startedAt == null) {
      attempt.startedAt = clock.instant();
    }
  }

  private void selected(JobEntity job, JobEvent.NodeSelected selected) {
    job.selection = Wire.text(selected.selection());
    JobAttemptEntity attempt = JobAttemptEntity.of(job.id, job.attempt);
    if (attempt != null) {
      attempt.node = selected.selection().node();
    }
    if (selected.topology() != null) {
      topologySeen.fire(selected.topology());
    }
  }

  /** Changes nothing about the job. A worker that begins or works on is told to stop. */
  private void stale(JobEntity job, JobEvent event) {
    if (event instanceof JobEvent.Accepted || event instanceof JobEvent.Started) {
      lifecycle.stopWorker(job, event.header().attempt(), "this attempt is over");
    }
    // The manifest decides what exists. A later attempt would find it; without one this is the
    // only word of it.
    if (event instanceof JobEvent.Succeeded succeeded
        && succeeded.result() instanceof JobResult.BackedUp backedUp
        && job.state.done()
        && job.state != JobState.SUCCEEDED) {
      lateManifest.fire(new LateManifest(job.jobId(), spec(job), backedUp));
    }
  }

  private static JobSpec spec(JobEntity job) {
    return Wire.read(job.spec, JobSpec.class);
  }
}
