package io.holdfast.api.idempotency;

import io.holdfast.api.access.Caller;
import io.holdfast.api.job.Accepted;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.JobView;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.wire.Wire;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * {@code Idempotency-Key}: scoped to caller and route, kept with the request's digest in the job's
 * own transaction, so that there is never a key without its job or a job without its key.
 */
@ApplicationScoped
public class Idempotency {
  private static final Duration KEPT = Duration.ofHours(48);
  private static final int LONGEST_KEY = 255;

  @Inject EntityManager entities;
  @Inject Caller caller;
  @Inject JobService jobs;
  @Inject Clock clock;

  /**
   * Starts the job, or shows the one that this key started before. Joins the caller's transaction.
   *
   * @param key null: start it
   * @param route such as {@code POST /clusters/orders/backups}
   * @param start submits the job in the current transaction
   * @throws ApiProblem 422 when the key came with another request, 409 while that one is in flight
   */
  @Transactional(Transactional.TxType.MANDATORY)
  public Accepted once(String key, String route, Object request, Supplier<JobView> start) {
    AtomicReference<JobView> job = new AtomicReference<>();
    Started started =
        started(
            key,
            route,
            request,
            () -> {
              job.set(start.get());
              return UUID.fromString(job.get().id());
            });
    return new Accepted(
        started.replayed() ? jobs.view(started.id().toString()) : job.get(), started.replayed());
  }

  /**
   * @param id of what the request has started
   * @param replayed whether an earlier request with the same key did
   */
  public record Started(UUID id, boolean replayed) {}

  /**
   * As {@link #once}, of what is more than one job.
   *
   * @param start returns the id of what it starts in the current transaction
   */
  @Transactional(Transactional.TxType.MANDATORY)
  public Started started(String key, String route, Object request, Supplier<UUID> start) {
    if (key == null) {
      return new Started(start.get(), false);
    }
    if (key.isBlank() || key.length() > LONGEST_KEY) {
      throw ApiProblem.invalid(
          "Idempotency-Key",
          "must be 1 to " + LONGEST_KEY + " characters",
          "A UUID or the id of the pipeline run will do.");
    }
    lock(key, route);
    String digest = digest(request);
    List<Object[]> known = find(key, route);
    if (known.isEmpty()) {
      UUID id = start.get();
      remember(key, route, digest, id);
      return new Started(id, false);
    }
    if (!digest.equals(known.getFirst()[0])) {
      throw new ApiProblem(
          422,
          "idempotency-key-reused",
          "This Idempotency-Key was used with another request.",
          "Use a new key for a new request.");
    }
    return new Started((UUID) known.getFirst()[1], true);
  }

  private void lock(String key, String route) {
    Object got =
        entities
            .createNativeQuery(
                "select pg_try_advisory_xact_lock(hashtextextended(:name, 11))", Boolean.class)
            .setParameter("name", caller.keyId() + "\n" + route + "\n" + key)
            .getSingleResult();
    if (!Boolean.TRUE.equals(got)) {
      throw new ApiProblem(
          409,
          "request-in-flight",
          "A request with this Idempotency-Key is being carried out.",
          "Send the same request again in a second.");
    }
  }

  @SuppressWarnings("unchecked")
  private List<Object[]> find(String key, String route) {
    return entities
        .createNativeQuery(
            "select request_hash, job_id from idempotency_key where caller = :caller and route ="
                + " :route and key = :key")
        .setParameter("caller", caller.keyId())
        .setParameter("route", route)
        .setParameter("key", key)
        .getResultList();
  }

  private void remember(String key, String route, String digest, UUID id) {
    int unused =
        entities
            .createNativeQuery(
                "insert into idempotency_key (caller, route, key, request_hash, job_id, created_at)"
                    + " values (:caller, :route, :key, :digest, :job, :now)")
            .setParameter("caller", caller.keyId())
            .setParameter("route", route)
            .setParameter("key", key)
            .setParameter("digest", digest)
            .setParameter("job", id)
            .setParameter("now", clock.instant())
            .executeUpdate();
  }

  @Scheduled(
      every = "10m",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  @Transactional
  void forgetOld() {
    int unused =
        entities
            .createNativeQuery("delete from idempotency_key where created_at < :limit")
            .setParameter("limit", clock.instant().minus(KEPT))
            .executeUpdate();
  }

  private static String digest(Object request) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Wire.bytes(request));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
