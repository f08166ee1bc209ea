package io.holdfast.api.restore;

import io.holdfast.api.backup.Violations;
import io.holdfast.model.backup.Content;
import io.holdfast.model.restore.LogicalRestoreTarget.IfNotEmpty;
import io.holdfast.model.restore.PhysicalRestoreTarget;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A request that has been found sound in itself; whether it fits the backup is looked at next.
 *
 * @param content null where absent
 * @param ifNotEmpty null where absent
 * @param recovery null for a logical restore
 */
record RestorePlan(
    RestoreRequest request,
    Content content,
    IfNotEmpty ifNotEmpty,
    RecoveryPlan recovery,
    Duration deadline) {

  boolean logical() {
    return request.logical() != null;
  }

  String method() {
    return logical() ? "LOGICAL" : "PHYSICAL";
  }

  /**
   * @throws io.holdfast.api.problem.ApiProblem 422 with everything that is wrong
   */
  static RestorePlan of(RestoreRequest request, Instant now) {
    Violations wrong = new Violations();
    wrong.require(
        (request.backupId() == null) != (request.latestOf() == null),
        "backupId",
        "give either backupId or latestOf");
    wrong.require(
        (request.logical() == null) != (request.physical() == null),
        "logical",
        "give either logical or physical, as the backup is");
    wrong.require(
        request.method() == null
            || request.method().equals(request.logical() == null ? "PHYSICAL" : "LOGICAL"),
        "method",
        "must be LOGICAL with logical and PHYSICAL with physical");
    wrong.name("latestOf", request.latestOf());
    wrong.name("repository", request.repository());
    wrong.labels(request.labels());
    Duration deadline = wrong.duration("deadline", request.deadline());
    Content content = null;
    IfNotEmpty ifNotEmpty = null;
    if (request.logical() != null) {
      content = wrong.constant(Content.class, "logical.content", request.logical().content());
      ifNotEmpty =
          wrong.constant(IfNotEmpty.class, "logical.ifNotEmpty", request.logical().ifNotEmpty());
      checkLogical(request.logical(), wrong);
    }
    RecoveryPlan recovery = null;
    if (request.physical() != null) {
      checkPhysical(request.physical(), wrong);
      recovery = RecoveryPlan.of("physical.recovery", request.physical().recovery(), now, wrong);
      wrong.require(
          recovery == null
              || recovery.action() != PhysicalRestoreTarget.EndAction.SHUTDOWN
              || !Boolean.TRUE.equals(request.physical().start()),
          "physical.start",
          "does not go with action SHUTDOWN");
    }
    wrong.throwIfAny();
    return new RestorePlan(request, content, ifNotEmpty, recovery, deadline);
  }

  private static void checkLogical(RestoreRequest.LogicalTarget target, Violations wrong) {
    wrong.name("logical.targetCluster", target.targetCluster());
    wrong.name("logical.targetNode", target.targetNode());
    wrong.texts("logical.databases", target.databases());
    wrong.texts("logical.schemas", target.schemas());
    wrong.texts("logical.tables", target.tables());
    wrong.range("logical.jobs", target.jobs(), 1, 64);
    if (target.targetDatabase() != null) {
      int bytes = target.targetDatabase().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
      wrong.text("logical.targetDatabase", target.targetDatabase());
      wrong.require(bytes <= 63, "logical.targetDatabase", "must be at most 63 bytes");
      wrong.require(
          target.databases() != null && target.databases().size() == 1,
          "logical.targetDatabase",
          "needs exactly one entry in databases");
    }
  }

  private static void checkPhysical(RestoreRequest.PhysicalTarget target, Violations wrong) {
    directory("physical.directory", target.directory(), wrong);
    wrong.range("physical.port", target.port(), 1, 65535);
    wrong.require(
        target.port() == null || Boolean.TRUE.equals(target.start()),
        "physical.port",
        "needs start");
    if (target.tablespaces() != null) {
      wrong.require(
          target.tablespaces().size() <= 256,
          "physical.tablespaces",
          "must have at most 256 entries");
      target
          .tablespaces()
          .forEach(
              (from, to) -> {
                directory("physical.tablespaces", from, wrong);
                directory("physical.tablespaces", to, wrong);
              });
    }
  }

  /** Absolute and without tricks; whether it lies below an allowed root, the worker decides. */
  private static void directory(String field, String value, Violations wrong) {
    boolean plain =
        value != null
            && value.startsWith("/")
            && value.length() <= 1024
            && value.chars().noneMatch(Character::isISOControl)
            && normal(value);
    wrong.require(
        plain,
        field,
        "must be an absolute path of at most 1024 characters, without '..' and control characters");
  }

  private static boolean normal(String value) {
    try {
      return !List.of(value.split("/")).contains("..") && Path.of(value).isAbsolute();
    } catch (InvalidPathException notAPath) {
      return false;
    }
  }
}
