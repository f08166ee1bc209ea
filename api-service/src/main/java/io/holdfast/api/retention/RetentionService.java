package io.holdfast.api.retention;

import io.holdfast.api.access.Caller;
import io.holdfast.api.cluster.ClusterKeeping;
import io.holdfast.api.cluster.ClusterPlace;
import io.holdfast.api.cluster.ClusterRetention;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.api.retention.RetentionPlan.BackupDecision;
import io.holdfast.model.BackupId;
import io.holdfast.model.repository.RepositorySpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes plans and explains them. */
@ApplicationScoped
public class RetentionService {
  @Inject ClusterService clusters;
  @Inject RetentionCatalog catalog;
  @Inject Caller caller;
  @Inject Clock clock;

  /**
   * @param repository null: the cluster's own
   */
  @Transactional
  public RetentionPlanView explain(String cluster, String repository) {
    caller.requireCluster(cluster);
    RepositorySpec place = place(cluster, repository);
    ClusterKeeping keeping = clusters.keeping(cluster);
    if (repository == null) {
      ClusterPlans plans = plans(List.of(keeping)).getFirst();
      return plans.view(lockEnds(cluster, place, plans.own()));
    }
    RetentionPlan plan = plan(cluster, place.name());
    return RetentionPlanView.of(
        cluster,
        place.name(),
        keeping.policy(place.name()).view(),
        plan,
        lockEnds(cluster, place, plan),
        null);
  }

  private Map<BackupId, Instant> lockEnds(
      String cluster, RepositorySpec place, RetentionPlan plan) {
    return Locks.of(place)
        .map(locks -> locks.ends(plan, catalog.writtenFrom(cluster, place.name())))
        .orElse(Map.of());
  }

  RepositorySpec place(String cluster, String repository) {
    return clusters.place(cluster, repository == null ? clusters.repository(cluster) : repository);
  }

  /** As things are in the caller's transaction. */
  RetentionPlan plan(String cluster, String repository) {
    ClusterPlace place = new ClusterPlace(cluster, repository);
    return catalog
        .gather(Map.of(place, clusters.retention(cluster, repository)), now())
        .plans()
        .get(place);
  }

  /** Of all places of clusters, in their order, as things are in the caller's transaction. */
  List<ClusterPlans> plans(List<ClusterKeeping> keepings) {
    Map<ClusterPlace, ClusterRetention> policies = new LinkedHashMap<>();
    for (ClusterKeeping one : keepings) {
      policies.put(one.first(), one.own());
      one.further().forEach(place -> policies.put(place, one.policy(place.repository())));
    }
    Map<ClusterPlace, RetentionPlan> plans = catalog.gather(policies, now()).plans();
    return keepings.stream().map(one -> new ClusterPlans(one, plans)).toList();
  }

  /**
   * Of backups that a further repository lacks, those that would stay if they lay there.
   *
   * @param sent from which repository each of them would be read, and what they build on and is not
   *     there either
   */
  @Transactional
  public Set<BackupId> wanted(
      String cluster, String repository, Set<BackupId> lacking, Map<BackupId, String> sent) {
    ClusterRetention policy = clusters.retention(cluster, repository);
    Instant now = now();
    Map<ClusterPlace, ClusterRetention> policies = new HashMap<>();
    Stream.concat(Stream.of(repository), sent.values().stream())
        .forEach(place -> policies.put(new ClusterPlace(cluster, place), policy));
    GatheredFacts gathered = catalog.gather(policies, now);
    RetentionFacts there = gathered.in(new ClusterPlace(cluster, repository));
    Stream<Stored> elsewhere =
        sent.values().stream()
            .distinct()
            .flatMap(
                place ->
                    gathered.in(new ClusterPlace(cluster, place)).backups().stream()
                        .filter(backup -> place.equals(sent.get(backup.id()))));
    RetentionPlan plan =
        gathered.plan(
            new RetentionFacts(
                now,
                policy,
                Stream.concat(
                        there.backups().stream().filter(backup -> !sent.containsKey(backup.id())),
                        elsewhere)
                    .toList(),
                there.archive(),
                there.former()));
    return plan.backups().stream()
        .filter(decision -> !decision.expires() && lacking.contains(decision.id()))
        .map(BackupDecision::id)
        .collect(Collectors.toSet());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** In their own repositories. Looks at no scope. */
  @Transactional
  public Map<String, RetentionStanding> standings(List<ClusterKeeping> keepings) {
    Map<ClusterPlace, ClusterRetention> policies = new HashMap<>();
    keepings.forEach(one -> policies.put(one.first(), one.own()));
    Map<String, RetentionStanding> standings = new HashMap<>();
    catalog
        .gather(policies, now())
        .plans()
        .forEach(
            (place, plan) ->
                standings.put(
                    place.cluster(),
                    new RetentionStanding(plan.expiring(), violated(plan, policies.get(place)))));
    return standings;
  }

  /** Of some kind of which there is a backup at all. */
  private static boolean violated(RetentionPlan plan, ClusterRetention policy) {
    Chains chains = new Chains(plan.backups().stream().map(BackupDecision::backup).toList());
    return chains.newestFirst().stream()
        .map(RetentionFacts.Stored::series)
        .distinct()
        .anyMatch(
            series ->
                chains.newestFirst().stream()
                        .filter(one -> one.series().equals(series) && one.parent() == null)
                        .filter(chains::restorable)
                        .count()
                    < policy.minimumFulls());
  }
}
