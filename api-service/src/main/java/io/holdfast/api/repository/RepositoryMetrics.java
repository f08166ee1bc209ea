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
  private static final String ALL =
      "with there as (select repository, count(*) as count, sum(stored_bytes) as bytes from backup"
          + " where state <> 'EXPIRED' group by repository union all select repository, count(*),"
          + " sum(coalesce(stored_bytes, 0)) from backup_copy where state in ('VERIFIED', 'COPIED')"
          + " group by repository) select r.name, r.probe_state <> 'FAILED', r.probe_at,"
          + " cast(r.capabilities ->> 'certificateExpiresAt' as timestamptz), coalesce(sum(t.count), 0), coalesce(sum(t.bytes), 0) from repository r left join"
          + " there t on t.repository = r.name group by r.name";

  @Inject EntityManager entities;
  @Inject Families families;

  private Family up;
  private Family probed;
  private Family certificate;
  private Family backups;
  private Family bytes;

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
    Columns.show(rows, 1, up, probed, certificate, backups, bytes);
  }
}
