package io.holdfast.api.retention;

import io.holdfast.api.access.Caller;
import io.holdfast.api.cluster.ClusterRetention;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.api.retention.RetentionPlan.BackupDecision;
import io.holdfast.model.repository.RepositorySpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/** Makes plans and explains them. */
@ApplicationScoped
public class RetentionService {
  @Inject ClusterService clusters;
  @Inject RepositoryService repositories;
  @Inject RetentionCatalog catalog;
  @Inject Caller caller;
  @Inject Clock clock;

  /**
   * @param repository null: the cluster's own
   */
  @Transactional
  public RetentionPlanView explain(String cluster, String repository) {
    caller.requireCluster(cluster);
    ClusterRetention policy = clusters.retention(cluster);
    RepositorySpec place = place(cluster, repository);
    return RetentionPlanView.of(
        cluster, place.name(), policy.view(), plan(cluster, place.name(), policy));
  }

  RepositorySpec place(String cluster, String repository) {
    return repositories.spec(repository == null ? clusters.repository(cluster) : repository);
  }

  /** As things are in the caller's transaction. */
  RetentionPlan plan(String cluster, String repository, ClusterRetention policy) {
    boolean archived = clusters.repository(cluster).equals(repository);
    return RetentionPlanner.plan(
        catalog.facts(
            cluster, repository, policy, archived, clock.instant().truncatedTo(ChronoUnit.MILLIS)));
  }

  /** Looks at no scope. */
  @Transactional
  public RetentionStanding standing(String cluster) {
    ClusterRetention policy = clusters.retention(cluster);
    RetentionPlan plan = plan(cluster, clusters.repository(cluster), policy);
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
