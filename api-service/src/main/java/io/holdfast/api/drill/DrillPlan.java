package io.holdfast.api.drill;

import io.holdfast.api.backup.Violations;
import io.holdfast.api.restore.RecoveryPlan;
import io.holdfast.model.drill.DrillSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A request that has been found sound.
 *
 * @param target null: a random moment
 * @param recoveryPoint null: the cluster's own
 */
record DrillPlan(
    RecoveryPlan target,
    boolean amcheck,
    List<DrillSpec.Assertion> assertions,
    Duration recoveryTime,
    Duration recoveryPoint,
    Duration deadline) {
  private static final int MOST_ASSERTIONS = 100;
  private static final int LONGEST_SQL = 10_000;

  /**
   * @throws io.holdfast.api.problem.ApiProblem 422 with everything that is wrong
   */
  static DrillPlan of(DrillRequest request, Instant now) {
    Violations wrong = new Violations();
    RecoveryPlan target =
        request.target() == null ? null : RecoveryPlan.of("target", request.target(), now, wrong);
    if (target != null) {
      wrong.require(
          target.type() != RecoveryPlan.Type.STANDBY, "target.type", "STANDBY proves nothing");
      wrong.require(
          target.action() == null,
          "target.action",
          "does not go with a drill: the copy is removed");
    }
    wrong.name("repository", request.repository());
    wrong.labels(request.labels());
    List<DrillSpec.Assertion> assertions = assertions(request.assertions(), wrong);
    Duration time = wrong.duration("recoveryTimeObjective", request.recoveryTimeObjective());
    Duration point = wrong.duration("recoveryPointObjective", request.recoveryPointObjective());
    Duration deadline = wrong.duration("deadline", request.deadline());
    wrong.throwIfAny();
    return new DrillPlan(
        target, !Boolean.FALSE.equals(request.amcheck()), assertions, time, point, deadline);
  }

  private static List<DrillSpec.Assertion> assertions(
      List<DrillRequest.AssertionRequest> asked, Violations wrong) {
    if (asked == null) {
      return List.of();
    }
    wrong.require(
        asked.size() <= MOST_ASSERTIONS, "assertions", "must be at most " + MOST_ASSERTIONS);
    List<DrillSpec.Assertion> assertions = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < Math.min(asked.size(), MOST_ASSERTIONS); i++) {
      DrillRequest.AssertionRequest assertion = asked.get(i);
      String field = "assertions[" + i + "]";
      if (assertion == null) {
        wrong.add(field, "must be an object");
        continue;
      }
      wrong.text(field + ".name", assertion.name());
      wrong.text(field + ".database", assertion.database());
      wrong.require(names.add(assertion.name()), field + ".name", "is that of another assertion");
      wrong.require(
          assertion.sql() != null
              && !assertion.sql().isBlank()
              && assertion.sql().length() <= LONGEST_SQL
              && assertion.sql().indexOf('\0') < 0,
          field + ".sql",
          "must be 1 to " + LONGEST_SQL + " characters without NUL");
      wrong.require(
          assertion.expected() == null || assertion.expected().length() <= LONGEST_SQL,
          field + ".expected",
          "must be at most " + LONGEST_SQL + " characters");
      assertions.add(
          new DrillSpec.Assertion(
              assertion.name(), assertion.database(), assertion.sql(), assertion.expected()));
    }
    return assertions;
  }
}
