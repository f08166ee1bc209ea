package io.holdfast.api.job;

import io.holdfast.api.access.Caller;
import io.holdfast.api.access.Role;
import io.holdfast.api.page.Cursor;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.trace.Traces;
import io.holdfast.model.JobId;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.wire.Wire;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Takes, shows and cancels jobs. */
@ApplicationScoped
public class JobService {
  private static final int EVENTS_PAGE = 500;

  @Inject JobsConfig config;
  @Inject JobHistory history;
  @Inject JobLifecycle lifecycle;
  @Inject QueuedReasons reasons;
  @Inject JobWatch watch;
  @Inject Caller caller;
  @Inject Traces traces;
  @Inject Clock clock;
  @Inject Event<WorkWaiting> waiting;
  @Inject Event<JobSubmitted> submitted;
  @Inject Instance<JobAdmission> admissions;

  /**
   * Records a job in the caller's transaction, or in one of its own. It is sent on its way when
   * that commits.
   *
   * @param cluster whose admission limits and scopes apply; null for what concerns no cluster
   */
  @Transactional
  public JobView submit(
      JobKind kind, String cluster, String pool, JobSpec spec, SubmitOptions options) {
    admissions.forEach(admission -> admission.admit(spec));
    JobEntity job = new JobEntity();
    job.id = UUID.fromString(JobId.next(clock).value());
    job.kind = kind;
    job.state = JobState.QUEUED;
    job.cluster = cluster;
    job.pool = pool;
    job.exclusive = spec instanceof JobSpec.Backup b && b.source() instanceof PhysicalSourceSpec;
    job.spec = Wire.text(spec);
    job.triggeredBy = options.trigger();
    job.labels = Wire.text(options.labels());
    job.createdAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
    job.deadlineAt = options.deadline() == null ? null : job.createdAt.plus(options.deadline());
    job.traceParent = traces.begun("submit " + kind).text();
    job.attempt = 1;
    job.maxAttempts = kind.oneShot() ? 1 : config.maxAttempts();
    history.noted(job, "CREATED", EventBody.none());
    job.persist();
    waiting.fire(new WorkWaiting(cluster, false));
    submitted.fire(
        new JobSubmitted(job.jobId(), kind, cluster, spec, options.trigger(), job.createdAt));
    return JobViews.of(job, spec, "waits for admission", List.of());
  }

  @Transactional
  public JobView view(String id) {
    return view(visible(id));
  }

  /** What a job that the caller may see was asked to do. */
  @Transactional
  public JobSpec spec(String id) {
    return Wire.read(visible(id).spec, JobSpec.class);
  }

  /** Newest first. Filters that are null do not filter. */
  @Transactional
  public JobList list(String state, String kind, String cluster, Integer limit, String cursor) {
    int size = Cursor.limit(limit);
    StringBuilder where = new StringBuilder("1 = 1");
    Map<String, Object> parameters = new HashMap<>();
    if (state != null) {
      where.append(" and state = :state");
      parameters.put("state", constant(JobState.class, "state", state));
    }
    if (kind != null) {
      where.append(" and kind = :kind");
      parameters.put("kind", constant(JobKind.class, "kind", kind));
    }
    if (cluster != null) {
      where.append(" and cluster = :cluster");
      parameters.put("cluster", cluster);
    }
    if (cursor != null) {
      where.append(" and id < :cursor");
      parameters.put("cursor", cursorId(cursor));
    }
    Optional<Set<String>> scope = caller.clusterScope();
    if (scope.isPresent()) {
      where.append(" and cluster in (:scope)");
      parameters.put("scope", scope.get());
    }
    List<JobEntity> rows =
        JobEntity.<JobEntity>find(where + " order by id desc", parameters).range(0, size).list();
    boolean more = rows.size() > size;
    List<JobEntity> page = more ? rows.subList(0, size) : rows;
    Map<UUID, String> queued = reasons.of(page);
    List<JobView> items = new ArrayList<>();
    for (JobEntity job : page) {
      items.add(JobViews.of(job, queued.get(job.id), null));
    }
    return new JobList(items, more ? page.getLast().id.toString() : null);
  }

  @Transactional
  public JobView cancel(String id, String reason) {
    requireMayCancel(visible(id));
    JobEntity job = JobEntity.lock(new JobId(id)).orElseThrow();
    JobEntity.getEntityManager().refresh(job);
    if (!lifecycle.requestCancel(job, reason == null ? "asked for by " + caller.keyId() : reason)) {
      throw new ApiProblem(
          409,
          "job-finished",
          "Job " + id + " has ended as " + job.state + " and stays so.",
          "Only a job that is not done can be cancelled.");
    }
    return view(job);
  }

  /**
   * Who may not start a restore may not stop one: half a restore is a change, too. Who may only
   * restore stops what they started, and nothing else.
   */
  private void requireMayCancel(JobEntity job) {
    boolean restore = job.kind == JobKind.RESTORE || job.kind == JobKind.DRILL;
    if (restore && !caller.hasRole(Role.RESTORER)) {
      throw new ApiProblem(
          403,
          "forbidden",
          "This API key may not cancel a restore or a drill, because it may not start one.",
          "Use a key with role restorer or admin.");
    }
    boolean own = restore && job.triggeredBy.equals(caller.keyId());
    if (!own && !caller.hasRole(Role.OPERATOR)) {
      throw new ApiProblem(
          403,
          "forbidden",
          "This API key may cancel only the restores and drills that it started.",
          "Use a key with role operator.");
    }
  }

  /** History after {@code sequence}, oldest first. */
  @Transactional
  public JobEventView.Page events(String id, long sequence) {
    return page(visible(id), sequence);
  }

  /** As {@link #events}, for a reader that was allowed to see the job when it started to read. */
  @Transactional
  JobEventView.Page follow(String id, long sequence) {
    return page(JobEntity.findById(UUID.fromString(id)), sequence);
  }

  private static JobEventView.Page page(JobEntity job, long sequence) {
    List<JobEventView> items =
        JobEventEntity.after(job.id, sequence, EVENTS_PAGE).stream().map(JobEventView::of).toList();
    long last = items.isEmpty() ? sequence : items.getLast().sequence();
    return new JobEventView.Page(items, last, job.state.done() && last >= job.lastSequence);
  }

  /**
   * Waits until the job is done, at most {@code patience}, and shows it as it is then. Holds no
   * transaction and no connection while it waits.
   */
  public JobView await(String id, Duration patience) {
    Instant until = Instant.now(clock).plus(patience);
    while (true) {
      Seen seen = QuarkusTransaction.requiringNew().call(() -> seen(id));
      Duration left = Duration.between(Instant.now(clock), until);
      if (seen.done() || !left.isPositive()) {
        return QuarkusTransaction.requiringNew().call(() -> view(id));
      }
      awaitGrowth(id, seen.length(), left);
    }
  }

  /** Waits for history beyond {@code sequence}; whether there is some. */
  boolean awaitGrowth(String id, long sequence, Duration patience) {
    var grown = watch.grownBeyond(UUID.fromString(id), sequence);
    try {
      grown.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException quiet) {
      return false;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while waiting for job " + id, stopping);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a watch only ever completes", e);
    } finally {
      grown.cancel(false);
    }
  }

  private record Seen(boolean done, long length) {}

  private Seen seen(String id) {
    JobEntity job = visible(id);
    return new Seen(job.state.done(), job.lastSequence);
  }

  private JobView view(JobEntity job) {
    return JobViews.of(job, reasons.of(List.of(job)).get(job.id), JobAttemptEntity.of(job.id));
  }

  /** Within the caller's scope, checked in the query; else it does not exist. */
  private JobEntity visible(String id) {
    UUID key = uuid(id).orElseThrow(() -> ApiProblem.notFound("job", id));
    Optional<Set<String>> scope = caller.clusterScope();
    Optional<JobEntity> job =
        scope.isEmpty()
            ? JobEntity.findByIdOptional(key)
            : JobEntity.find("id = ?1 and cluster in (?2)", key, scope.get()).firstResultOptional();
    return job.orElseThrow(() -> ApiProblem.notFound("job", id));
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(new JobId(text).value()));
    } catch (IllegalArgumentException notAnId) {
      return Optional.empty();
    }
  }

  private static UUID cursorId(String cursor) {
    return uuid(cursor)
        .orElseThrow(
            () ->
                ApiProblem.invalid(
                    "cursor", "is not one that this list gave out", "Use nextCursor as it is."));
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String field, String value) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(value)) {
        return constant;
      }
    }
    throw ApiProblem.invalid(
        field, "'" + value + "' is unknown", "Known: " + List.of(type.getEnumConstants()) + ".");
  }
}
