package io.holdfast.model.event;

import io.holdfast.model.JobId;
import io.holdfast.model.Problem;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.wal.ArchiveObservation;
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

  record ArchiveObserved(String eventId, String worker, Instant at, ArchiveObservation observation)
      implements WorkerEvent {}

  /**
   * A worker would not archive a file. One event a minute at most for the same cluster, file and
   * code.
   *
   * @param file the name that PostgreSQL gave it
   * @param code {@code SPLIT_BRAIN}: it is archived already, with other content; {@code
   *     FOREIGN_CLUSTER}, {@code FOREIGN_TIMELINE}: the server is none of the cluster; {@code
   *     WAL_MALFORMED}: it is not what its name says
   * @param keptAt the key of the refused content in the repository; null: not kept
   */
  record WalRefused(
      String eventId,
      String worker,
      Instant at,
      String cluster,
      String file,
      String code,
      String detail,
      String keptAt)
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
