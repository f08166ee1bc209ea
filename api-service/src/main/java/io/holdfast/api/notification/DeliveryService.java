package io.holdfast.api.notification;

import io.holdfast.api.access.Caller;
import io.holdfast.api.page.Cursor;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.JobId;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The log of deliveries, and messages that somebody asks for. */
@ApplicationScoped
@Transactional
class DeliveryService {
  @Inject Deliveries deliveries;
  @Inject Caller caller;
  @Inject Clock clock;

  /** What a list is narrowed to; each may be null. */
  record Filter(String target, String state, String kind, String cluster) {}

  /** Newest first. A key that is scoped to clusters sees what is about them. */
  DeliveryView.Page list(Filter filter, Integer limit, String cursor) {
    int size = Cursor.limit(limit);
    String before = Cursor.decode(cursor);
    StringBuilder where = new StringBuilder("1 = 1");
    Map<String, Object> values = new HashMap<>();
    narrow(where, values, "target", filter.target());
    narrow(where, values, "state", filter.state());
    narrow(where, values, "kind", filter.kind());
    narrow(where, values, "cluster", filter.cluster());
    caller
        .clusterScope()
        .ifPresent(
            scope -> {
              where.append(" and cluster in :scope");
              values.put("scope", scope);
            });
    if (before != null) {
      where.append(" and id < :before");
      values.put("before", id("cursor", before));
    }
    List<DeliveryEntity> rows =
        DeliveryEntity.<DeliveryEntity>find(where + " order by id desc", values)
            .range(0, size)
            .list();
    return new DeliveryView.Page(
        rows.stream().limit(size).map(DeliveryView::of).toList(),
        Cursor.next(rows, size, row -> row.id.toString()));
  }

  DeliveryView get(String id) {
    return DeliveryView.of(find(id));
  }

  /** Sends the same notice again, as a delivery of its own. */
  DeliveryView redeliver(String id) {
    DeliveryEntity row = find(id);
    if (row.state.equals(DeliveryEntity.PENDING)) {
      throw new ApiProblem(
          409,
          "delivery-pending",
          "Delivery " + row.id + " is still tried.",
          "It is sent again by itself, next at " + row.nextAt + ".");
    }
    NotificationTargetEntity target = NotificationTargets.find(row.target);
    return DeliveryView.of(
        deliveries.add(target.name, Wire.read(row.notice, Notice.class), row.id));
  }

  /** Sends a message that says that it is a test, whatever the target's routes. */
  DeliveryView test(String target) {
    caller.requireAllClusters();
    NotificationTargetEntity declared = NotificationTargets.find(target);
    if (declared.declared().heartbeat() != null) {
      throw new ApiProblem(
          409,
          "not-testable",
          "The target '" + target + "' is a heartbeat.",
          "It is sent by itself; its standing says how that went.");
    }
    Notice notice =
        new Notice(
            JobId.next(clock).value(),
            "TEST",
            Severity.INFO,
            clock.instant(),
            null,
            "A test message",
            "Key " + caller.keyId() + " asked for it; nothing has happened.",
            null,
            null,
            Map.of(),
            Map.of("target", target),
            Map.of());
    return DeliveryView.of(deliveries.add(target, notice, null));
  }

  private DeliveryEntity find(String id) {
    DeliveryEntity row = DeliveryEntity.findById(id("id", id));
    boolean visible =
        row != null
            && caller
                .clusterScope()
                .map(scope -> row.cluster != null && scope.contains(row.cluster))
                .orElse(true);
    if (!visible) {
      throw ApiProblem.notFound("delivery", id);
    }
    return row;
  }

  private static void narrow(
      StringBuilder where, Map<String, Object> values, String name, String value) {
    if (value == null) {
      return;
    }
    if (!value.matches("[A-Za-z0-9_-]{1,63}")) {
      throw ApiProblem.invalid(name, "is not one of these", "Leave it out to see all.");
    }
    where.append(" and ").append(name).append(" = :").append(name);
    values.put(name, value);
  }

  private static UUID id(String field, String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      if (field.equals("id")) {
        throw ApiProblem.notFound("delivery", text.length() > 64 ? "..." : text);
      }
      throw ApiProblem.invalid(field, "is not one of this list", "Pass nextCursor, unchanged.");
    }
  }
}
