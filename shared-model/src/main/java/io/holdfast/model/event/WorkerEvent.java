package io.holdfast.model.event;

import io.holdfast.model.JobId;
import io.holdfast.model.Problem;
import io.holdfast.model.cluster.Topology;
import java.time.Instant;
import java.util.List;

/** Something that happened to a worker, not to a job of its own. */
public sealed interface WorkerEvent extends HoldfastEvent {
  String eventId();

  String worker();

  Instant at();

  /**
   * A command that the worker would not touch: forged, expired, foreign or unreadable.
   *
   * @param jobId null when the command does not say one that can be read
   * @param attempt null likewise
   * @param authentic whether the signature was good; only then may the job it names fail for it
   */
  record CommandRefused(
      String eventId,
      String worker,
      Instant at,
      String pool,
      JobId jobId,
      Integer attempt,
      boolean authentic,
      Problem problem)
      implements WorkerEvent {}

  record TopologyObserved(String eventId, String worker, Instant at, Topology topology)
      implements WorkerEvent {}

  /**
   * @param tools majors of the PostgreSQL client tools found on the worker
   */
  record Heartbeat(
      String eventId,
      String worker,
      Instant at,
      String pool,
      String version,
      List<Integer> tools,
      List<JobId> running)
      implements WorkerEvent {}
}
