package io.holdfast.api.schedule;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.access.Caller;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.declared.Declared;
import io.holdfast.api.declared.PlanView;
import io.holdfast.api.declared.Precondition;
import io.holdfast.api.page.Cursor;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.model.ResourceName;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Declares schedules. */
@ApplicationScoped
public class ScheduleService {
  @Inject ClusterService clusters;
  @Inject RepositoryService repositories;
  @Inject ScheduledRequests requests;
  @Inject RunPlanner planner;
  @Inject EntityManager entities;
  @Inject ObjectMapper json;
  @Inject Caller caller;
  @Inject Clock clock;

  @Transactional
  public ScheduleView get(ScheduleOwner owner, String name) {
    ScheduleEntity row = find(owner, name);
    return ScheduleViews.of(row, now(), null);
  }

  @Transactional
  public ScheduleView.Page list(ScheduleOwner owner, Integer limit, String cursor) {
    requireVisible(owner);
    int size = Cursor.limit(limit);
    String after = Cursor.decode(cursor);
    List<ScheduleEntity> rows =
        ScheduleEntity.<ScheduleEntity>find(
                ofOwner(owner) + " and name > ?2 order by name",
                nameOf(owner),
                after == null ? "" : after)
            .range(0, size)
            .list();
    Instant now = now();
    return new ScheduleView.Page(
        rows.stream().limit(size).map(row -> ScheduleViews.of(row, now, null)).toList(),
        Cursor.next(rows, size, row -> row.name));
  }

  @Transactional
  public Declared<ScheduleView> put(
      ScheduleOwner owner,
      String name,
      ScheduleRequest request,
      Precondition precondition,
      boolean dryRun) {
    requireVisible(owner);
    Instant now = now();
    ScheduleRequest declared = ScheduleDeclaration.of(owner, name, request, now);
    ScheduleEntity wanted = wanted(owner, name, declared, now);
    requests.check(owner, wanted.kind, declared);
    ScheduleEntity row = lock(owner, name);
    if (row == null) {
      precondition.requireCreate("schedule", name);
    } else {
      precondition.requireMatch("schedule", name, row.version);
    }
    PlanView plan = plan(row, wanted, now);
    if (dryRun) {
      return new Declared<>(
          ScheduleViews.of(shown(row, wanted), now, plan), row == null ? 0 : row.version, false);
    }
    if (row == null) {
      create(wanted);
    } else if (!plan.changes().isEmpty()) {
      apply(row, wanted, now);
    }
    ScheduleEntity done = row == null ? wanted : row;
    planAhead(done, row == null || !plan.changes().isEmpty(), now);
    return new Declared<>(ScheduleViews.of(done, now, null), done.version, row == null);
  }

  /** With its runs; the jobs that they became stay. */
  @Transactional
  public void delete(ScheduleOwner owner, String name, Precondition precondition) {
    long id = find(owner, name).id;
    ScheduleEntity row = lock(owner, name);
    if (row == null || row.id != id) {
      throw ApiProblem.notFound("schedule", name);
    }
    precondition.requireMatch("schedule", name, row.version);
    row.delete();
  }

  /**
   * The row, if the caller may see whose it is.
   *
   * @throws ApiProblem 404
   */
  ScheduleEntity find(ScheduleOwner owner, String name) {
    requireVisible(owner);
    ScheduleEntity row =
        name.matches(ResourceName.PATTERN)
            ? ScheduleEntity.<ScheduleEntity>find(
                    ofOwner(owner) + " and name = ?2", nameOf(owner), name)
                .firstResult()
            : null;
    if (row == null) {
      throw ApiProblem.notFound(
          "schedule", name.length() > 63 ? name.substring(0, 63) + "..." : name);
    }
    return row;
  }

  /** A repository has more clusters than one, so it is for who may see all of them. */
  private void requireVisible(ScheduleOwner owner) {
    if (owner.isCluster()) {
      caller.requireCluster(owner.cluster());
      String unused = clusters.pool(owner.cluster());
    } else {
      caller.requireAllClusters();
      String unused = repositories.pool(owner.repository());
    }
  }

  @SuppressWarnings("unchecked")
  private ScheduleEntity lock(ScheduleOwner owner, String name) {
    List<ScheduleEntity> found =
        entities
            .createNativeQuery(
                "select * from schedule where "
                    + (owner.isCluster() ? "cluster" : "repository")
                    + " = :owner and name = :name for update",
                ScheduleEntity.class)
            .setParameter("owner", nameOf(owner))
            .setParameter("name", name)
            .getResultList();
    if (found.isEmpty()) {
      return null;
    }
    entities.refresh(found.getFirst());
    return found.getFirst();
  }

  private ScheduleEntity wanted(
      ScheduleOwner owner, String name, ScheduleRequest declared, Instant now) {
    ScheduleEntity wanted = new ScheduleEntity();
    wanted.cluster = owner.cluster();
    wanted.repository = owner.repository();
    wanted.name = name;
    wanted.kind = ScheduleKind.valueOf(declared.kind());
    wanted.external = declared.external();
    wanted.paused = declared.paused();
    wanted.spec = Wire.text(declared);
    wanted.plannedUntil = now;
    wanted.version = 1;
    wanted.createdAt = now;
    wanted.updatedAt = now;
    wanted.updatedBy = caller.keyId();
    return wanted;
  }

  /** What a dry run shows: the wish with the history of what there is. */
  private static ScheduleEntity shown(ScheduleEntity row, ScheduleEntity wanted) {
    if (row != null) {
      wanted.version = row.version;
      wanted.createdAt = row.createdAt;
      wanted.updatedAt = row.updatedAt;
      wanted.updatedBy = row.updatedBy;
      wanted.missedRuns = row.missedRuns;
      wanted.lastRunAt = row.lastRunAt;
    }
    return wanted;
  }

  private void create(ScheduleEntity wanted) {
    try {
      wanted.persistAndFlush();
    } catch (PersistenceException sameName) {
      throw new ApiProblem(
          412,
          "precondition-failed",
          "The schedule '" + wanted.name + "' was declared by somebody else just now.",
          "Read it again and decide on what you see.");
    }
  }

  private void apply(ScheduleEntity row, ScheduleEntity wanted, Instant now) {
    row.kind = wanted.kind;
    row.external = wanted.external;
    row.paused = wanted.paused;
    row.spec = wanted.spec;
    row.version++;
    row.updatedAt = now;
    row.updatedBy = caller.keyId();
  }

  /** What is due already keeps its row and its outcome. */
  private void planAhead(ScheduleEntity row, boolean changed, Instant now) {
    if (changed) {
      Routine routine = Routine.of(row);
      planner.forgetAhead(row, now);
      planner.plan(List.of(routine), now);
      planner.setNextLook(List.of(routine));
    }
  }

  private PlanView plan(ScheduleEntity row, ScheduleEntity wanted, Instant now) {
    return PlanView.between(
        row == null ? null : json.valueToTree(row.request()),
        json.valueToTree(wanted.request()),
        Routine.of(wanted).rhythm().after(now, 3).stream()
            .map(run -> "A run comes due at " + run.dueAt() + ".")
            .toList());
  }

  private static String ofOwner(ScheduleOwner owner) {
    return owner.isCluster() ? "cluster = ?1" : "repository = ?1";
  }

  private static String nameOf(ScheduleOwner owner) {
    return owner.isCluster() ? owner.cluster() : owner.repository();
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
