package io.holdfast.api.notification;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.access.Caller;
import io.holdfast.api.declared.Declared;
import io.holdfast.api.declared.PlanView;
import io.holdfast.api.declared.Precondition;
import io.holdfast.api.job.ProblemView;
import io.holdfast.api.page.Cursor;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.Problem;
import io.holdfast.model.ResourceName;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;

/** Declares targets. They are the fleet's: a key that is scoped to clusters sees none. */
@ApplicationScoped
@Transactional
class NotificationTargets {
  private static final String WHAT = "notification target";
  private static final int MOST = 100;

  @Inject Clock clock;
  @Inject Caller caller;
  @Inject ObjectMapper json;
  @Inject TargetDeclaration declaration;

  NotificationTargetView get(String name) {
    caller.requireAllClusters();
    return view(find(name), null);
  }

  NotificationTargetView.Page list(Integer limit, String cursor) {
    caller.requireAllClusters();
    int size = Cursor.limit(limit);
    String after = Cursor.decode(cursor);
    List<NotificationTargetEntity> rows =
        NotificationTargetEntity.<NotificationTargetEntity>find(
                "name > ?1 order by name", after == null ? "" : after)
            .range(0, size)
            .list();
    return new NotificationTargetView.Page(
        rows.stream().limit(size).map(row -> view(row, null)).toList(),
        Cursor.next(rows, size, row -> row.name));
  }

  Declared<NotificationTargetView> put(
      String name, NotificationTargetRequest request, Precondition precondition, boolean dryRun) {
    caller.requireAllClusters();
    declaration.require(name, request);
    NotificationTargetEntity row =
        NotificationTargetEntity.findById(name, LockModeType.PESSIMISTIC_WRITE);
    if (row == null) {
      precondition.requireCreate(WHAT, name);
      requireRoom();
    } else {
      precondition.requireMatch(WHAT, name, row.version);
    }
    PlanView plan = plan(row, request);
    if (dryRun) {
      NotificationTargetEntity wanted = fresh(name, request);
      wanted.version = row == null ? 1 : row.version;
      wanted.createdAt = row == null ? wanted.createdAt : row.createdAt;
      return new Declared<>(view(wanted, plan), row == null ? 0 : row.version, false);
    }
    return row == null ? create(name, request) : update(row, request, plan);
  }

  void delete(String name, Precondition precondition) {
    caller.requireAllClusters();
    find(name);
    NotificationTargetEntity row =
        NotificationTargetEntity.findById(name, LockModeType.PESSIMISTIC_WRITE);
    if (row == null) {
      throw ApiProblem.notFound(WHAT, name);
    }
    precondition.requireMatch(WHAT, name, row.version);
    row.delete();
  }

  /**
   * @throws ApiProblem 404
   */
  static NotificationTargetEntity find(String name) {
    NotificationTargetEntity row =
        name.matches(ResourceName.PATTERN) ? NotificationTargetEntity.findById(name) : null;
    if (row == null) {
      throw ApiProblem.notFound(WHAT, name.length() > 64 ? "..." : name);
    }
    return row;
  }

  private void requireRoom() {
    if (NotificationTargetEntity.count() >= MOST) {
      throw new ApiProblem(
          409,
          "too-many-targets",
          "There are " + MOST + " notification targets already.",
          "Let one target take more by its routes.");
    }
  }

  private Declared<NotificationTargetView> create(String name, NotificationTargetRequest request) {
    NotificationTargetEntity row = fresh(name, request);
    try {
      row.persistAndFlush();
    } catch (PersistenceException sameName) {
      throw new ApiProblem(
          412,
          "precondition-failed",
          "The notification target '" + name + "' was declared by somebody else just now.",
          "Read it again and decide on what you see.");
    }
    StandingEntity standing = new StandingEntity();
    standing.target = name;
    standing.nextPingAt = request.heartbeat() == null ? null : clock.instant();
    standing.persist();
    return new Declared<>(view(row, null), row.version, true);
  }

  private Declared<NotificationTargetView> update(
      NotificationTargetEntity row, NotificationTargetRequest request, PlanView plan) {
    if (!plan.changes().isEmpty()) {
      row.spec = Wire.text(request);
      row.version++;
      row.updatedAt = clock.instant();
      row.updatedBy = caller.keyId();
      StandingEntity standing = StandingEntity.findById(row.name, LockModeType.PESSIMISTIC_WRITE);
      standing.nextPingAt = request.heartbeat() == null ? null : clock.instant();
      standing.withheld = null;
    }
    return new Declared<>(view(row, null), row.version, false);
  }

  private NotificationTargetEntity fresh(String name, NotificationTargetRequest request) {
    NotificationTargetEntity row = new NotificationTargetEntity();
    row.name = name;
    row.spec = Wire.text(request);
    row.version = 1;
    row.createdAt = clock.instant();
    row.updatedAt = row.createdAt;
    row.updatedBy = caller.keyId();
    return row;
  }

  private PlanView plan(NotificationTargetEntity row, NotificationTargetRequest request) {
    JsonNode before = row == null ? null : json.valueToTree(row.declared());
    return PlanView.between(before, json.valueToTree(request), List.of());
  }

  private static NotificationTargetView view(NotificationTargetEntity row, PlanView plan) {
    NotificationTargetRequest declared = row.declared();
    return new NotificationTargetView(
        row.name,
        declared.type(),
        declared.webhook(),
        declared.mail(),
        declared.chat(),
        declared.heartbeat(),
        declared.routes(),
        standing(row.name),
        row.version,
        row.createdAt,
        row.updatedAt,
        row.updatedBy,
        plan);
  }

  private static NotificationTargetView.Standing standing(String name) {
    StandingEntity row = StandingEntity.findById(name);
    if (row == null) {
      return null;
    }
    return new NotificationTargetView.Standing(
        state(row),
        row.lastAttemptAt,
        row.lastSuccessAt,
        row.failures,
        row.problem == null ? null : ProblemView.of(Wire.read(row.problem, Problem.class)),
        row.withheld,
        DeliveryEntity.count("target = ?1 and state = ?2", name, DeliveryEntity.PENDING));
  }

  private static String state(StandingEntity row) {
    if (row.withheld != null) {
      return "WITHHELD";
    }
    if (row.lastAttemptAt == null) {
      return "UNKNOWN";
    }
    return row.failures > 0 ? "FAILING" : "WORKING";
  }
}
