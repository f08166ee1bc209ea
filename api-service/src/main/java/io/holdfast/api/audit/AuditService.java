package io.holdfast.api.audit;

import io.holdfast.api.access.Caller;
import io.holdfast.api.page.Cursor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Shows the audit. */
@ApplicationScoped
public class AuditService {
  @Inject Caller caller;

  /** What to show; null does not filter. */
  public record Filter(
      String kind,
      String keyId,
      String operation,
      String target,
      Integer status,
      String traceId,
      Instant since,
      Instant until) {}

  @Transactional
  public AuditView.Page list(Filter filter, Integer limit, String cursor) {
    caller.requireAllClusters();
    int size = Cursor.limit(limit);
    StringBuilder where = new StringBuilder("1 = 1");
    Map<String, Object> values = new HashMap<>();
    and(where, values, "id < :before", "before", Cursor.decodeNumber(cursor));
    and(where, values, "kind = :kind", "kind", filter.kind());
    and(where, values, "keyId = :keyId", "keyId", filter.keyId());
    and(where, values, "operation = :operation", "operation", filter.operation());
    and(where, values, "target = :target", "target", filter.target());
    and(where, values, "status = :status", "status", filter.status());
    and(where, values, "traceId = :traceId", "traceId", filter.traceId());
    and(where, values, "at >= :since", "since", filter.since());
    and(where, values, "at < :until", "until", filter.until());
    List<AuditEntity> rows =
        AuditEntity.<AuditEntity>find(where + " order by id desc", values).range(0, size).list();
    return new AuditView.Page(
        rows.stream().limit(size).map(AuditView::of).toList(),
        Cursor.next(rows, size, row -> Long.toString(row.id)));
  }

  private static void and(
      StringBuilder where, Map<String, Object> values, String term, String name, Object value) {
    if (value != null) {
      where.append(" and ").append(term);
      values.put(name, value);
    }
  }
}
