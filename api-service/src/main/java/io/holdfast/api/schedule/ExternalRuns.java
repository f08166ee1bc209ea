package io.holdfast.api.schedule;

import io.holdfast.api.job.JobSubmitted;
import io.holdfast.api.problem.ApiProblem;
import io.quarkus.arc.Arc;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Counts requests that an external scheduler makes against the runs that wait for them, in the
 * transaction that takes the request. A header may name the schedule; without it any job of the
 * kind that does what the schedule asks for will do.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class ExternalRuns {
  /** Names the schedule that a request is made for. */
  public static final String HEADER = "Holdfast-Schedule";

  /** Clocks of two machines are not one. */
  private static final Duration EARLY = Duration.ofMinutes(5);

  @Inject EntityManager entities;
  @Inject RunSettler settler;
  @Inject CurrentVertxRequest current;

  void submitted(@Observes JobSubmitted job) {
    String named = named();
    if (job.trigger().startsWith(Routine.TRIGGER)) {
      return;
    }
    List<ScheduleEntity> waiting = waiting(job);
    if (named != null) {
      waiting = List.of(theOne(waiting, named, job));
    }
    for (ScheduleEntity schedule : waiting) {
      if (named != null || Likeness.does(job.spec(), schedule.kind, schedule.request())) {
        count(schedule, job);
      }
    }
  }

  private String named() {
    if (!Arc.container().requestContext().isActive()) {
      return null;
    }
    RoutingContext request = current.getCurrent();
    return request == null ? null : request.request().getHeader(HEADER);
  }

  /** Locked, in one order for all callers: whoever decides runs holds their schedule. */
  @SuppressWarnings("unchecked")
  private List<ScheduleEntity> waiting(JobSubmitted job) {
    List<String> kinds = new ArrayList<>();
    for (ScheduleKind kind : ScheduleKind.values()) {
      if (kind.job() == job.kind()) {
        kinds.add(kind.name());
      }
    }
    if (kinds.isEmpty()) {
      return List.of();
    }
    boolean ofCluster = job.cluster() != null;
    return entities
        .createNativeQuery(
            "select * from schedule where "
                + (ofCluster ? "cluster" : "repository")
                + " = :owner and external and kind in (:kinds) order by id for update",
            ScheduleEntity.class)
        .setParameter("owner", ofCluster ? job.cluster() : job.spec().repository().name())
        .setParameter("kinds", kinds)
        .getResultList();
  }

  private static ScheduleEntity theOne(
      List<ScheduleEntity> waiting, String named, JobSubmitted job) {
    return waiting.stream()
        .filter(schedule -> schedule.name.equals(named))
        .findFirst()
        .orElseThrow(
            () ->
                ApiProblem.invalid(
                    HEADER,
                    "there is no such external schedule for jobs of kind " + job.kind(),
                    "Declare it with \"external\":true, or leave the header out."));
  }

  /** The newest run that is due, or the next one when it is nearly. */
  @SuppressWarnings("unchecked")
  private void count(ScheduleEntity schedule, JobSubmitted job) {
    List<ScheduleRunEntity> open =
        entities
            .createNativeQuery(
                "select * from schedule_run where schedule_id = :id and state = 'EXPECTED' and"
                    + " due_at <= :soon and deadline_at > :now order by due_at",
                ScheduleRunEntity.class)
            .setParameter("id", schedule.id)
            .setParameter("soon", job.at().plus(EARLY))
            .setParameter("now", job.at())
            .getResultList();
    if (open.isEmpty()) {
      return;
    }
    List<ScheduleRunEntity> due =
        open.stream().filter(run -> !run.key.dueAt().isAfter(job.at())).toList();
    ScheduleRunEntity counted = due.isEmpty() ? open.getFirst() : due.getLast();
    Instant at = job.at();
    for (ScheduleRunEntity older : due) {
      if (older != counted) {
        settler.skip(older, Settlement.coalesced(RunSettler.due(older), counted.key.dueAt()), at);
      }
    }
    settler.became(schedule, counted, UUID.fromString(job.jobId().value()), at);
  }
}
