package io.holdfast.api.repository;

import io.holdfast.api.metrics.Columns;
import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.MetricSource;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;

/** Whether repositories answer and go on to be trusted, and how much lies in them. */
@ApplicationScoped
class RepositoryMetrics implements MetricSource {
  /** What a scan saw lies there whole, WAL and all; backups that came since are put to it. */
  private static final String ALL =
      "with scanned as (select distinct on (repository) repository, listed_at, bytes from"
          + " repository_scan where state = 'SUCCEEDED' order by repository, job_id desc), lying as"
          + " (select repository, finished_at as came, stored_bytes as bytes from backup where"
          + " state <> 'EXPIRED' union all select repository, coalesce(verified_at, asked_at),"
          + " coalesce(stored_bytes, 0) from backup_copy where state in ('VERIFIED', 'COPIED')),"
          + " there as (select l.repository, count(*) as count, sum(l.bytes) as bytes,"
          + " coalesce(sum(l.bytes) filter (where l.came > s.listed_at), 0) as since from lying l"
          + " left join scanned s on s.repository = l.repository group by l.repository) select"
          + " r.name, r.probe_state <> 'FAILED', r.probe_at, cast(r.capabilities ->>"
          + " 'certificateExpiresAt' as timestamptz), coalesce(t.count, 0), coalesce(t.bytes, 0),"
          + " greatest(coalesce(t.bytes, 0), coalesce(s.bytes, 0) + coalesce(t.since, 0)),"
          + " coalesce(r.capacity_bytes, 0) from repository r left join there t on t.repository ="
          + " r.name left join scanned s on s.repository = r.name";

  @Inject EntityManager entities;
  @Inject Families families;

  private Family up;
  private Family probed;
  private Family certificate;
  private Family backups;
  private Family bytes;
  private Family used;
  private Family capacity;

  @PostConstruct
  void start() {
    up =
        families.gauge(
            "holdfast_repository_up", "0 when the last probe of it failed", "repository");
    probed =
        families.gauge(
            "holdfast_repository_probed_timestamp_seconds",
            "When it was last probed; 0: never, or a probe is under way",
            "repository");
    certificate =
        families.gauge(
            "holdfast_repository_certificate_expiry_timestamp_seconds",
            "When the certificate that it showed to the last probe expires; 0: none was seen",
            "repository");
    backups =
        families.gauge(
            "holdfast_repository_backups", "Backups and copies that lie there", "repository");
    bytes =
        families.gauge(
            "holdfast_repository_stored_bytes", "Their size as it is stored", "repository");
    used =
        families.gauge(
            "holdfast_repository_used_bytes",
            "What the last scan saw there, WAL included, and backups that came since",
            "repository");
    capacity =
        families.gauge(
            "holdfast_repository_capacity_bytes",
            "How much may lie there, as declared; 0: nobody knows",
            "repository");
  }

  @Override
  public String subject() {
    return "repositories";
  }

  @Override
  @Transactional
  @SuppressWarnings("unchecked")
  public void look() {
    List<Object[]> rows = entities.createNativeQuery(ALL).getResultList();
    Columns.show(rows, 1, up, probed, certificate, backups, bytes, used, capacity);
  }
}
