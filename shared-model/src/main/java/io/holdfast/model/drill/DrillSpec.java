package io.holdfast.model.drill;

import io.holdfast.model.restore.RecoveryTarget;
import java.time.Duration;
import java.util.List;

/**
 * What a drill proves.
 *
 * @param timeline as {@link io.holdfast.model.restore.PhysicalRestoreTarget#timeline}
 * @param amcheck whether every B-tree index of every database is checked, where the extension is
 *     installed
 * @param recoveryTimeObjective from the begin of the restore to a server that answers
 * @param recoveryPointObjective how far before the target the last recovered commit may lie
 */
public record DrillSpec(
    RecoveryTarget target,
    String timeline,
    boolean amcheck,
    List<Assertion> assertions,
    Duration recoveryTimeObjective,
    Duration recoveryPointObjective) {
  public static final Duration DEFAULT_TIME = Duration.ofHours(1);
  public static final Duration DEFAULT_POINT = Duration.ofMinutes(5);

  public DrillSpec {
    timeline = timeline == null ? "latest" : timeline;
    assertions = assertions == null ? List.of() : List.copyOf(assertions);
    recoveryTimeObjective = recoveryTimeObjective == null ? DEFAULT_TIME : recoveryTimeObjective;
    recoveryPointObjective =
        recoveryPointObjective == null ? DEFAULT_POINT : recoveryPointObjective;
  }

  /**
   * A question to the restored copy.
   *
   * @param sql one statement that gives one row with one column; run read-only
   * @param expected that value as text; null: it must be {@code true}
   */
  public record Assertion(String name, String database, String sql, String expected) {}
}
