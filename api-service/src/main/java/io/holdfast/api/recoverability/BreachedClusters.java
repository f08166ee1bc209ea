package io.holdfast.api.recoverability;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** Of which clusters more would be lost now than their objective allows, or everything. */
@ApplicationScoped
public class BreachedClusters {
  @Inject FleetStandings fleet;
  @Inject Clock clock;

  /** By name, as of a minute ago at the most. Looks at no scope. */
  public List<String> names() {
    Instant now = clock.instant();
    return fleet.latest().standings().stream()
        .filter(standing -> breached(standing.state(now)))
        .map(Standing::cluster)
        .toList();
  }

  private static boolean breached(Standing.State state) {
    return switch (state) {
      case UNRECOVERABLE, BREACHED -> true;
      case CONCERNING, GOOD -> false;
    };
  }
}
