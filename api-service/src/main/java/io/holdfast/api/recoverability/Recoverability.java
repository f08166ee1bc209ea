package io.holdfast.api.recoverability;

import io.holdfast.api.access.Caller;
import io.holdfast.api.ledger.RecoveryWindows;
import io.holdfast.api.page.Cursor;
import io.holdfast.api.problem.ApiProblem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Answers to when clusters can be recovered. */
@ApplicationScoped
class Recoverability {
  @Inject StandingCatalog catalog;
  @Inject FleetStandings fleet;
  @Inject RecoveryWindows windows;
  @Inject Caller caller;
  @Inject Clock clock;

  /**
   * As it is now.
   *
   * @throws ApiProblem 404
   */
  @Transactional
  public RecoverabilityView of(String cluster) {
    caller.requireCluster(cluster);
    Standing standing =
        catalog.look(cluster).stream()
            .findFirst()
            .orElseThrow(
                () -> ApiProblem.notFound("cluster", cluster.length() > 63 ? "..." : cluster));
    return RecoverabilityViews.of(standing, clock.instant(), windows.of(cluster).windows());
  }

  /** Of those that the caller may see, worst first, as of the last look. */
  public RecoverabilityView.Page page(Integer limit, String cursor) {
    int size = Cursor.limit(limit);
    Instant now = clock.instant();
    Optional<Rank> after =
        Optional.ofNullable(Cursor.decode(cursor)).map(text -> Rank.parse(text, now));
    // Later pages are ordered as the first one was: time alone moves nobody from one to the other.
    Instant asOf = after.map(Rank::asOf).orElse(now);
    Optional<Set<String>> scope = caller.clusterScope();
    FleetStandings.Fleet seen = fleet.latest();
    List<Ranked> rows =
        seen.standings().stream()
            .filter(standing -> scope.isEmpty() || scope.get().contains(standing.cluster()))
            .map(standing -> new Ranked(Rank.of(standing, asOf), standing))
            .filter(row -> after.isEmpty() || row.rank().compareTo(after.get()) > 0)
            .sorted(Comparator.comparing(Ranked::rank))
            .limit(size + 1L)
            .toList();
    return new RecoverabilityView.Page(
        seen.lookedAt(),
        rows.stream()
            .limit(size)
            .map(row -> RecoverabilityViews.of(row.standing(), asOf, null))
            .toList(),
        Cursor.next(rows, size, row -> row.rank().text()));
  }

  private record Ranked(Rank rank, Standing standing) {}
}
