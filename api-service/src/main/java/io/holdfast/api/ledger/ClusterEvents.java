package io.holdfast.api.ledger;

import io.holdfast.api.access.Caller;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.page.Cursor;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Notes and lists what changed about a cluster. */
@ApplicationScoped
public class ClusterEvents {
  @Inject ClusterService clusters;
  @Inject Caller caller;
  @Inject Event<ClusterEventNoted> noted;

  /** Of what changed, in the transaction that found it. */
  @Transactional(Transactional.TxType.MANDATORY)
  void note(String cluster, String type, Instant at, String message, Map<String, String> details) {
    note(cluster, type, null, at, message, details, null);
  }

  /**
   * @param code null: the type says all
   * @param eventId of the worker's event; null: our own finding
   */
  @Transactional(Transactional.TxType.MANDATORY)
  public void note(
      String cluster,
      String type,
      String code,
      Instant at,
      String message,
      Map<String, String> details,
      String eventId) {
    ClusterEventEntity row = new ClusterEventEntity();
    row.cluster = cluster;
    row.type = type;
    row.code = code;
    row.at = at;
    row.message = message;
    row.details = Wire.text(details);
    row.eventId = eventId;
    row.persist();
    noted.fire(new ClusterEventNoted(cluster, type, code, at, message, details));
  }

  boolean known(String eventId) {
    return ClusterEventEntity.count("eventId", eventId) > 0;
  }

  /** Whether there ever was one of that type. */
  boolean noted(String cluster, String type) {
    return ClusterEventEntity.count("cluster = ?1 and type = ?2", cluster, type) > 0;
  }

  /** Newest first. */
  @Transactional
  public ClusterEventView.Page list(String cluster, String type, Integer limit, String cursor) {
    caller.requireCluster(cluster);
    if (clusters.declaration(cluster).isEmpty()) {
      throw ApiProblem.notFound("cluster", cluster);
    }
    if (type != null && !type.matches("[A-Z_]{1,40}")) {
      throw ApiProblem.invalid("type", "must be a type of event", "Such as GAP_FOUND.");
    }
    int size = Cursor.limit(limit);
    Long before = Cursor.decodeNumber(cursor);
    Map<String, Object> values = new HashMap<>();
    values.put("cluster", cluster);
    StringBuilder where = new StringBuilder("cluster = :cluster");
    if (type != null) {
      where.append(" and type = :type");
      values.put("type", type);
    }
    if (before != null) {
      where.append(" and id < :before");
      values.put("before", before);
    }
    List<ClusterEventEntity> rows =
        ClusterEventEntity.<ClusterEventEntity>find(where + " order by id desc", values)
            .range(0, size)
            .list();
    return new ClusterEventView.Page(
        rows.stream().limit(size).map(ClusterEvents::view).toList(),
        Cursor.next(rows, size, row -> Long.toString(row.id)));
  }

  private static ClusterEventView view(ClusterEventEntity row) {
    Map<String, String> details = new TreeMap<>();
    Wire.read(row.details, Map.class)
        .forEach((key, value) -> details.put(String.valueOf(key), String.valueOf(value)));
    return new ClusterEventView(row.id, row.type, row.code, row.at, row.message, details);
  }
}
