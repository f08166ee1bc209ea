package io.holdfast.api.retention;

import io.holdfast.api.access.Caller;
import io.holdfast.api.cluster.ClusterCopy;
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
    return RetentionPlanView.of(
        cluster,
        place.name(),
        clusters.retention(cluster, place.name()).view(),
        plan(cluster, place.name()),
        repository == null ? copies(cluster) : null);
  }

  /** In short: each has a plan of its own. */
  private List<RetentionPlanView.CopyPlanView> copies(String cluster) {
    return clusters.declaration(cluster).stream()
        .flatMap(declared -> declared.copies().stream())
        .map(ClusterCopy::repository)
        .map(place -> RetentionPlanView.CopyPlanView.of(place, plan(cluster, place)))
        .toList();
  }

  RepositorySpec place(String cluster, String repository) {
    return clusters.place(cluster, repository == null ? clusters.repository(cluster) : repository);
  }

  /** As things are in the caller's transaction. */
  RetentionPlan plan(String cluster, String repository) {
    return RetentionPlanner.plan(
        catalog.facts(cluster, repository, clusters.retention(cluster, repository), now()));
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
    RetentionFacts there = catalog.facts(cluster, repository, policy, now);
    Stream<Stored> elsewhere =
        sent.values().stream()
            .distinct()
            .flatMap(
                place ->
                    catalog.facts(cluster, place, policy, now).backups().stream()
                        .filter(backup -> place.equals(sent.get(backup.id()))));
    RetentionPlan plan =
        RetentionPlanner.plan(
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

  /** Looks at no scope. */
  @Transactional
  public RetentionStanding standing(String cluster) {
    String repository = clusters.repository(cluster);
    ClusterRetention policy = clusters.retention(cluster, repository);
    RetentionPlan plan = plan(cluster, repository);
    return new RetentionStanding(
        plan.backups().stream().filter(BackupDecision::expires).count(), violated(plan, policy));
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
