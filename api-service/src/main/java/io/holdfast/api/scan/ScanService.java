package io.holdfast.api.scan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.access.Caller;
import io.holdfast.api.cluster.ClusterRequest;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.idempotency.Idempotency;
import io.holdfast.api.job.Accepted;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.JobView;
import io.holdfast.api.job.ProblemView;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.api.scan.ScanReportView.ArchiveView;
import io.holdfast.api.scan.ScanReportView.DeclaredView;
import io.holdfast.api.scan.ScanReportView.FindingView;
import io.holdfast.api.scan.ScanReportView.RangeView;
import io.holdfast.model.Problem;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.scan.ArchiveFound;
import io.holdfast.model.scan.ClusterFound;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Takes requests for scans and shows their reports. A repository has more clusters than one. */
@ApplicationScoped
public class ScanService {
  private static final int SHOWN_SCANS = 50;
  private static final int SHOWN_FINDINGS = 1000;

  @Inject RepositoryService repositories;
  @Inject ClusterService clusters;
  @Inject Idempotency idempotency;
  @Inject JobService jobs;
  @Inject Caller caller;
  @Inject ObjectMapper json;
  @Inject EntityManager entities;
  @Inject Clock clock;

  @Transactional
  public Accepted request(String repository, String idempotencyKey) {
    caller.requireAllClusters();
    String pool = repositories.pool(repository);
    return idempotency.once(
        idempotencyKey,
        "POST /repositories/" + repository + "/scans",
        Map.of(),
        () -> submit(repository, pool, caller.keyId()));
  }

  /** Submits a scan in the caller's transaction. Looks at no scope. */
  @Transactional
  JobView submit(String repository, String pool, String trigger) {
    JobView job =
        jobs.submit(
            JobKind.SCAN,
            null,
            pool,
            new JobSpec.Scan(repositories.spec(repository)),
            SubmitOptions.by(trigger));
    ScanEntity row = new ScanEntity();
    row.jobId = UUID.fromString(job.id());
    row.repository = repository;
    row.state = ScanEntity.RUNNING;
    row.askedAt = clock.instant();
    row.persist();
    return job;
  }

  @Transactional
  public ScanReportView.Listing list(String repository) {
    caller.requireAllClusters();
    String unused = repositories.pool(repository);
    return new ScanReportView.Listing(
        ScanEntity.latest(repository, SHOWN_SCANS).stream().map(row -> view(row, false)).toList());
  }

  @Transactional
  public ScanReportView report(String repository, String jobId) {
    caller.requireAllClusters();
    ScanEntity row = uuid(jobId).<ScanEntity>map(id -> ScanEntity.findById(id)).orElse(null);
    if (row == null || !row.repository.equals(repository)) {
      throw ApiProblem.notFound("scan", jobId.length() > 63 ? "..." : jobId);
    }
    return view(row, true);
  }

  private ScanReportView view(ScanEntity row, boolean full) {
    return new ScanReportView(
        row.jobId.toString(),
        row.repository,
        row.state,
        row.askedAt,
        row.listedAt,
        row.finishedAt,
        row.objects,
        row.bytes,
        row.backups,
        counts(row.jobId),
        full ? findings(row) : null,
        full ? archives(row) : null,
        full ? declared(row) : null,
        row.problem == null ? null : ProblemView.of(Wire.read(row.problem, Problem.class)));
  }

  @SuppressWarnings("unchecked")
  Map<String, Long> counts(UUID jobId) {
    Map<String, Long> counts = new TreeMap<>();
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select kind, count(*) from scan_finding where job_id = :id group by kind")
            .setParameter("id", jobId)
            .getResultList();
    rows.forEach(row -> counts.put((String) row[0], ((Number) row[1]).longValue()));
    return counts;
  }

  private static List<FindingView> findings(ScanEntity row) {
    return ScanFindingEntity.of(row.jobId, SHOWN_FINDINGS).stream()
        .map(
            found ->
                new FindingView(
                    found.kind,
                    found.cluster,
                    found.backupId == null ? null : found.backupId.toString(),
                    found.key,
                    found.objects,
                    found.bytes,
                    found.detail))
        .toList();
  }

  private static List<ArchiveView> archives(ScanEntity row) {
    return Arrays.stream(Wire.read(row.archives, ArchiveFound[].class))
        .map(
            found ->
                new ArchiveView(
                    found.cluster(),
                    found.systemIdentifier(),
                    found.segments(),
                    found.bytes(),
                    found.ranges().stream()
                        .map(range -> new RangeView(range.timeline(), range.first(), range.last()))
                        .toList()))
        .toList();
  }

  private List<DeclaredView> declared(ScanEntity row) {
    return Arrays.stream(Wire.read(row.clusters, ClusterFound[].class))
        .map(
            found ->
                new DeclaredView(
                    found.cluster(),
                    clusters.declaration(found.cluster()).isPresent(),
                    declaration(found)))
        .toList();
  }

  /** Null when it is none that this version understands. */
  private ClusterRequest declaration(ClusterFound found) {
    try {
      return json.readValue(found.declaration(), ClusterRequest.class);
    } catch (JsonProcessingException notOne) {
      return null;
    }
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException notAnId) {
      return Optional.empty();
    }
  }
}
