package io.holdfast.api.schedule;

import io.holdfast.api.access.Caller;
import io.holdfast.api.declared.DeclaredKind;
import io.holdfast.api.declared.DeclaredName;
import io.holdfast.api.declared.PlanView;
import io.holdfast.api.declared.Precondition;
import io.holdfast.api.problem.ApiProblem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Schedules in files: a document says of which cluster or repository each is. */
@ApplicationScoped
public class DeclaredSchedules implements DeclaredKind<ScheduleRequest> {
  @Inject ScheduleService schedules;
  @Inject Caller caller;

  @Override
  public String kind() {
    return "Schedule";
  }

  @Override
  public String operation(DeclaredName name) {
    return name.cluster() == null ? "RepositorySchedule" : "ClusterSchedule";
  }

  @Override
  public int order() {
    return 30;
  }

  @Override
  public Class<ScheduleRequest> form() {
    return ScheduleRequest.class;
  }

  @Override
  public String path(DeclaredName name) {
    return "/api/v1" + owner(name).path() + "/schedules/" + name.name();
  }

  @Override
  public Optional<ApiProblem.Violation> misplaced(DeclaredName name) {
    return (name.cluster() == null) == (name.repository() == null)
        ? Optional.of(
            new ApiProblem.Violation(
                "metadata", "must name the cluster or the repository, one of them"))
        : Optional.empty();
  }

  @Override
  public boolean exists(DeclaredName name) {
    ScheduleOwner owner = owner(name);
    return ScheduleEntity.count(
            "name = ?1 and " + (owner.isCluster() ? "cluster = ?2" : "repository = ?2"),
            name.name(),
            owner.isCluster() ? owner.cluster() : owner.repository())
        > 0;
  }

  @Override
  public PlanView plan(DeclaredName name, ScheduleRequest form) {
    return schedules.put(owner(name), name.name(), form, whatever(name), true).view().plan();
  }

  @Override
  public long put(DeclaredName name, ScheduleRequest form) {
    return schedules.put(owner(name), name.name(), form, whatever(name), false).version();
  }

  @Override
  public void delete(DeclaredName name) {
    schedules.delete(owner(name), name.name(), whatever(name));
  }

  @Override
  public List<Named<ScheduleRequest>> declarations() {
    Optional<Set<String>> scope = caller.clusterScope();
    return ScheduleEntity.<ScheduleEntity>list("order by cluster, repository, name").stream()
        .filter(row -> scope.isEmpty() || row.cluster != null && scope.get().contains(row.cluster))
        .map(
            row ->
                new Named<>(new DeclaredName(row.name, row.cluster, row.repository), row.request()))
        .toList();
  }

  private Precondition whatever(DeclaredName name) {
    return new Precondition(exists(name) ? "*" : null, null);
  }

  private static ScheduleOwner owner(DeclaredName name) {
    return new ScheduleOwner(name.cluster(), name.repository());
  }
}
