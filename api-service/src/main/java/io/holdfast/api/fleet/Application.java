package io.holdfast.api.fleet;

import io.holdfast.api.declared.DeclarationApplied;
import io.holdfast.api.declared.DeclaredKind;
import io.holdfast.api.declared.PlanView;
import io.holdfast.api.problem.ApiProblem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Does what is wanted, one declaration after the other, and notes what cannot be done. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class Application {
  @Inject FleetKinds kinds;
  @Inject Owners owners;
  @Inject EntityManager entities;
  @Inject Event<DeclarationApplied> applied;

  /**
   * @param owned null: nobody applied it
   */
  <R> FleetPlanView.Item apply(
      Wanted<R> wanted, Owners.Owned owned, FleetService.Wish wish, Findings findings) {
    try {
      return put(wanted, owned == null ? null : owned.owner(), wish, findings);
    } catch (ApiProblem refused) {
      findings.refused(wanted.document(), wanted.words(), refused);
    } catch (IllegalArgumentException invalid) {
      // Value types check themselves; their message names the rule.
      findings.invalid(wanted.document(), wanted.words(), "spec", invalid.getMessage());
    }
    return null;
  }

  private <R> FleetPlanView.Item put(
      Wanted<R> wanted, String owner, FleetService.Wish wish, Findings findings) {
    PlanView plan = wanted.kind().plan(wanted.name(), wanted.form());
    boolean mine = wish.owner().equals(owner);
    if (plan.action().equals("UPDATE") && !mine && !wish.force()) {
      findings.conflict(
          wanted,
          "owned-by-another",
          owner == null
              ? "differs from what is declared, which owner '" + wish.owner() + "' did not apply"
              : "belongs to owner '" + owner + "'");
      return null;
    }
    boolean same = plan.action().equals("NONE");
    if (!mine && (owner == null || wish.force())) {
      Long version = same ? null : change(wanted);
      owners.take(wanted, wish.owner());
      return item(wanted, plan, owner, version);
    }
    return item(wanted, plan, null, same ? null : change(wanted));
  }

  private <R> long change(Wanted<R> wanted) {
    long version = wanted.kind().put(wanted.name(), wanted.form());
    applied.fire(
        new DeclarationApplied("put" + wanted.kind().operation(wanted.name()), wanted.path()));
    // Or every row of a large fleet is looked at again with each query.
    entities.flush();
    entities.clear();
    return version;
  }

  /** Forgets declarations, those that refer to others first. */
  List<FleetPlanView.Item> prune(List<Owners.Owned> left, Findings findings) {
    List<DeclaredKind<?>> order = kinds.all().reversed();
    List<FleetPlanView.Item> items = new ArrayList<>();
    for (DeclaredKind<?> kind : order) {
      left.stream()
          .filter(each -> each.kind().equals(kind.kind()))
          .sorted(Comparator.comparing(Owners.Owned::path))
          .forEach(each -> items.add(remove(kind, each, findings)));
    }
    return items;
  }

  private FleetPlanView.Item remove(DeclaredKind<?> kind, Owners.Owned owned, Findings findings) {
    try {
      kind.delete(owned.name());
      entities.flush();
      applied.fire(new DeclarationApplied("delete" + kind.operation(owned.name()), owned.path()));
    } catch (ApiProblem refused) {
      findings.kept(kind.kind() + " " + owned.name(), refused);
    }
    return new FleetPlanView.Item(
        null,
        kind.kind(),
        owned.name().name(),
        owned.name().cluster(),
        owned.name().repository(),
        "PRUNE",
        null,
        null,
        null);
  }

  private static FleetPlanView.Item item(
      Wanted<?> wanted, PlanView plan, String takenFrom, Long version) {
    return new FleetPlanView.Item(
        wanted.document().index(),
        wanted.kind().kind(),
        wanted.name().name(),
        wanted.name().cluster(),
        wanted.name().repository(),
        plan.action(),
        plan.action().equals("UPDATE") ? plan.changes() : null,
        takenFrom,
        version);
  }
}
