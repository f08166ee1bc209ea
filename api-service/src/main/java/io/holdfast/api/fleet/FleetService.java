package io.holdfast.api.fleet;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.access.Caller;
import io.holdfast.api.access.Role;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.ResourceName;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Applies a set of declarations as one: all of it, or nothing and every reason why not. */
@ApplicationScoped
public class FleetService {
  @Inject Caller caller;
  @Inject ObjectMapper json;
  @Inject FleetReader reader;
  @Inject FleetExport export;
  @Inject Owners owners;
  @Inject Application application;

  /**
   * @param owner in whose name; null is refused
   * @param force also what another owner, or a person, declared
   * @param prune also forget what this owner applied before and names no more
   */
  public record Wish(String owner, boolean dryRun, boolean force, boolean prune) {}

  /**
   * A dry run does the same and takes it back, so that it can find what only doing finds.
   *
   * @throws ApiProblem 403 for whoever may only plan, 422 when something is not valid, 409 when
   *     something belongs to somebody else or is in use
   */
  @Transactional
  public FleetPlanView apply(byte[] body, boolean yaml, Wish wish) {
    caller.requireAllClusters();
    if (!wish.dryRun() && !caller.hasRole(Role.ADMIN)) {
      throw new ApiProblem(
          403,
          "forbidden",
          "Applying declarations needs the role admin.",
          "Send dryRun=true to see the plan.");
    }
    if (wish.owner() == null || !wish.owner().matches(ResourceName.PATTERN)) {
      throw ApiProblem.invalid(
          "owner",
          "must be 1 to 63 lower-case letters, digits and inner hyphens",
          "Send owner=... with the name of the folder or team that these declarations are from.");
    }
    List<FleetDocument> documents =
        FleetSyntax.documents(body == null ? new byte[0] : body, yaml, json);
    if (documents.isEmpty()) {
      // With prune, an empty file would be an order to forget the whole fleet.
      throw ApiProblem.invalid(
          "body", "declares nothing", "Send at least one declaration; is the file empty?");
    }
    Findings findings = new Findings();
    List<Wanted<?>> wanted = reader.read(documents, findings);
    Map<String, Owners.Owned> owned = owners.lockAll();
    List<FleetPlanView.Item> items = new ArrayList<>();
    for (Wanted<?> each : wanted) {
      items.add(application.apply(each, owned.get(each.path()), wish, findings));
    }
    if (wish.prune() && findings.none()) {
      items.addAll(application.prune(left(owned, wanted, wish.owner()), findings));
    }
    if (!findings.none()) {
      throw findings.problem(documents.size());
    }
    if (wish.dryRun()) {
      QuarkusTransaction.setRollbackOnly();
    }
    return FleetPlanView.of(wish.dryRun(), wish.owner(), items);
  }

  /** What the caller may see of the fleet, as it could be applied. */
  @Transactional
  public FleetDeclaration.Listing export(String owner) {
    return new FleetDeclaration.Listing(export.declarations(owner));
  }

  /** As YAML. */
  @Transactional
  public String exportYaml(String owner) {
    return YamlText.of(export.declarations(owner), json);
  }

  private static List<Owners.Owned> left(
      Map<String, Owners.Owned> owned, List<Wanted<?>> wanted, String owner) {
    Set<String> named = new HashSet<>();
    wanted.forEach(each -> named.add(each.path()));
    return owned.values().stream()
        .filter(each -> each.owner().equals(owner) && !named.contains(each.path()))
        .toList();
  }
}
