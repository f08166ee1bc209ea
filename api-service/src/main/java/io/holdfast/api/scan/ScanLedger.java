package io.holdfast.api.scan;

import io.holdfast.api.backup.BackupRebuild;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.job.JobFailed;
import io.holdfast.api.job.JobSucceeded;
import io.holdfast.api.projection.PageSeen;
import io.holdfast.api.retention.HoldRebuild;
import io.holdfast.model.JobId;
import io.holdfast.model.ResourceName;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.scan.BackupFound;
import io.holdfast.model.scan.Oddity;
import io.holdfast.model.scan.ScanPage;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Takes what scans saw, page by page, in the transaction of the event: rows for what the catalog
 * lacks, findings for what differs, and at the end what the repository lacks.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class ScanLedger {
  @Inject BackupRebuild backups;
  @Inject ClusterService clusters;
  @Inject HoldRebuild holds;
  @Inject EntityManager entities;
  @Inject Clock clock;

  void page(@Observes PageSeen seen) {
    ScanEntity scan = find(seen.jobId());
    if (scan == null) {
      return;
    }
    ScanPage page = seen.page();
    if (page.number() == 1) {
      // An attempt begins anew: what an earlier one saw may be gone.
      clear(scan);
    }
    page.backups().forEach(found -> take(scan, found));
    page.oddities().forEach(oddity -> take(scan, oddity));
    scan.archives = appended(scan.archives, Wire.text(page.archives()));
    scan.clusters = appended(scan.clusters, Wire.text(page.clusters()));
  }

  private static String appended(String array, String more) {
    if (more.equals("[]")) {
      return array;
    }
    return array.equals("[]")
        ? more
        : array.substring(0, array.lastIndexOf(']')) + "," + more.substring(1);
  }

  private void clear(ScanEntity scan) {
    scan.archives = "[]";
    scan.clusters = "[]";
    for (String table : List.of("scan_finding", "scan_seen")) {
      int unused =
          entities
              .createNativeQuery("delete from " + table + " where job_id = :id")
              .setParameter("id", scan.jobId)
              .executeUpdate();
    }
  }

  private void take(ScanEntity scan, BackupFound found) {
    String cluster = found.manifest().cluster();
    if (!cluster.matches(ResourceName.PATTERN)) {
      return;
    }
    UUID id = UUID.fromString(found.manifest().backupId().value());
    saw(scan, id);
    BackupRebuild.Outcome outcome =
        backups.take(
            found,
            scan.repository,
            clusters.declaration(cluster).map(ClusterService.Declaration::repository).orElse(null),
            clock.instant());
    holds.take(found.manifest().backupId(), found.holds());
    if (outcome.added()) {
      note(
          scan, ScanFindingEntity.ADDED, cluster, id, "the catalog did not know that it lies here");
    }
    for (String difference : outcome.differences()) {
      note(scan, ScanFindingEntity.CHANGED, cluster, id, difference);
    }
  }

  private void saw(ScanEntity scan, UUID id) {
    int unused =
        entities
            .createNativeQuery(
                "insert into scan_seen (job_id, backup_id) values (:job, :id) on conflict do"
                    + " nothing")
            .setParameter("job", scan.jobId)
            .setParameter("id", id)
            .executeUpdate();
  }

  private void take(ScanEntity scan, Oddity oddity) {
    if (oddity.kind() == Oddity.Kind.ORPHAN && underWay(oddity.cluster())) {
      // What is being written has no manifest yet.
      return;
    }
    UUID id = oddity.backupId() == null ? null : UUID.fromString(oddity.backupId());
    ScanFindingEntity row = note(scan, oddity.kind().name(), oddity.cluster(), id, oddity.detail());
    row.key = oddity.key();
    row.objects = oddity.objects();
    row.bytes = oddity.bytes();
    if (id != null && oddity.kind() != Oddity.Kind.ORPHAN) {
      if (oddity.kind() == Oddity.Kind.UNREADABLE) {
        // It is there, if not sound: that is said already, and it is not missing.
        saw(scan, id);
      }
      backups.damaged(
          id, scan.repository, "'" + oddity.key() + "': " + oddity.detail(), clock.instant());
    }
  }

  private boolean underWay(String cluster) {
    return cluster != null
        && !entities
            .createNativeQuery(
                "select 1 from job where cluster = :cluster and kind in ('BACKUP', 'COPY') and"
                    + " finished_at is null limit 1")
            .setParameter("cluster", cluster)
            .getResultList()
            .isEmpty();
  }

  void succeeded(@Observes JobSucceeded done) {
    if (!(done.result() instanceof JobResult.Scanned scanned)) {
      return;
    }
    ScanEntity scan = find(done.jobId());
    if (scan == null) {
      return;
    }
    if (scanned.pages() == 0) {
      clear(scan);
    }
    for (UUID id : backups.missing(scan.jobId, scan.repository, scanned.listedAt())) {
      note(
          find(done.jobId()),
          ScanFindingEntity.MISSING,
          clusterOf(id),
          id,
          "the catalog has it here, the repository does not");
    }
    end(find(done.jobId()), ScanEntity.SUCCEEDED, done.at());
    ScanEntity ended = find(done.jobId());
    ended.listedAt = scanned.listedAt();
    ended.objects = scanned.objects();
    ended.bytes = scanned.bytes();
    ended.backups = scanned.backups();
  }

  void failed(@Observes JobFailed done) {
    ScanEntity scan = done.spec() instanceof JobSpec.Scan ? find(done.jobId()) : null;
    if (scan != null) {
      end(scan, ScanEntity.FAILED, done.at());
      scan.problem = Wire.text(done.problem());
    }
  }

  private void end(ScanEntity scan, String state, Instant at) {
    scan.state = state;
    scan.finishedAt = at;
    int unused =
        entities
            .createNativeQuery("delete from scan_seen where job_id = :id")
            .setParameter("id", scan.jobId)
            .executeUpdate();
  }

  private String clusterOf(UUID backup) {
    return (String)
        entities
            .createNativeQuery("select cluster from backup where id = :id", String.class)
            .setParameter("id", backup)
            .getSingleResult();
  }

  private static ScanFindingEntity note(
      ScanEntity scan, String kind, String cluster, UUID backup, String detail) {
    ScanFindingEntity row = new ScanFindingEntity();
    row.jobId = scan.jobId;
    row.kind = kind;
    row.cluster = cluster;
    row.backupId = backup;
    row.detail = detail;
    row.persist();
    return row;
  }

  private static ScanEntity find(JobId jobId) {
    return ScanEntity.findById(UUID.fromString(jobId.value()));
  }
}
