package io.holdfast.api.backup;

import io.holdfast.model.Codec;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.backup.Content;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.backup.LogicalSourceSpec.DumpFormat;
import io.holdfast.model.backup.LogicalSourceSpec.RowCounts;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.backup.PhysicalSourceSpec.Checkpoint;
import io.holdfast.model.backup.PhysicalSourceSpec.Otherwise;
import io.holdfast.model.backup.SourceSpec;
import io.holdfast.model.cluster.StandbyPolicy;
import java.time.Duration;

/**
 * A request that has been found sound.
 *
 * @param source of a physical backup without its parent, which is looked for next
 * @param incremental null: a full one
 * @param policy null: the cluster's own
 * @param deadline null: none
 */
record BackupPlan(
    SourceSpec source,
    Incremental incremental,
    CompressionSpec compression,
    StandbyPolicy policy,
    Duration deadline) {

  /**
   * @param parent the id asked for; null: the newest there is
   */
  record Incremental(String parent, Otherwise otherwise) {}

  private enum Type {
    FULL,
    INCREMENTAL
  }

  private enum Method {
    LOGICAL,
    PHYSICAL
  }

  /**
   * @param standing the cluster's own policy, which an override changes field by field
   * @throws io.holdfast.api.problem.ApiProblem 422 with everything that is wrong
   */
  static BackupPlan of(BackupRequest request, StandbyPolicy standing) {
    Violations wrong = new Violations();
    Method method = wrong.constant(Method.class, "method", request.method());
    wrong.require(request.method() != null, "method", "is required: LOGICAL or PHYSICAL");
    wrong.require(
        method != Method.LOGICAL || request.physical() == null,
        "physical",
        "does not go with method LOGICAL");
    wrong.require(
        method != Method.PHYSICAL || request.logical() == null,
        "logical",
        "does not go with method PHYSICAL");
    wrong.range("rateLimitBytesPerSecond", request.rateLimitBytesPerSecond(), 1024, 1L << 40);
    wrong.labels(request.labels());
    wrong.name("repository", request.repository());
    Duration deadline = wrong.duration("deadline", request.deadline());
    CompressionSpec compression = compression(request.compression(), method, wrong);
    StandbyPolicy policy = policy(request.standbyPolicy(), standing, wrong);
    checkLogical(request.logical(), wrong);
    Checkpoint checkpoint =
        request.physical() == null
            ? null
            : wrong.constant(
                Checkpoint.class, "physical.checkpoint", request.physical().checkpoint());
    Incremental incremental = incremental(request.physical(), wrong);
    wrong.throwIfAny();
    SourceSpec source =
        method == Method.PHYSICAL ? new PhysicalSourceSpec(checkpoint) : logical(request.logical());
    return new BackupPlan(source, incremental, compression, policy, deadline);
  }

  private static Incremental incremental(BackupRequest.PhysicalOptions options, Violations wrong) {
    if (options == null) {
      return null;
    }
    Type type = wrong.constant(Type.class, "physical.type", options.type());
    Otherwise otherwise =
        wrong.constant(Otherwise.class, "physical.otherwise", options.otherwise());
    boolean asked = type == Type.INCREMENTAL;
    wrong.require(
        asked || options.otherwise() == null, "physical.otherwise", "needs type INCREMENTAL");
    wrong.require(asked || options.parent() == null, "physical.parent", "needs type INCREMENTAL");
    return asked
        ? new Incremental(options.parent(), otherwise == null ? Otherwise.FAIL : otherwise)
        : null;
  }

  private static void checkLogical(BackupRequest.LogicalOptions options, Violations wrong) {
    if (options == null) {
      return;
    }
    DumpFormat format = wrong.constant(DumpFormat.class, "logical.format", options.format());
    Content unusedContent = wrong.constant(Content.class, "logical.content", options.content());
    RowCounts unused = wrong.constant(RowCounts.class, "logical.rowCounts", options.rowCounts());
    wrong.range("logical.jobs", options.jobs(), 1, 64);
    wrong.require(
        options.jobs() == null || options.jobs() <= 1 || format == DumpFormat.DIRECTORY,
        "logical.jobs",
        "more than 1 needs format DIRECTORY");
    if (options.databases() != null) {
      wrong.texts("logical.databases.include", options.databases().include());
      wrong.texts("logical.databases.exclude", options.databases().exclude());
    }
    wrong.texts("logical.schemas", options.schemas());
    wrong.texts("logical.tables", options.tables());
    wrong.texts("logical.excludeSchemas", options.excludeSchemas());
    wrong.texts("logical.excludeTables", options.excludeTables());
  }

  private static LogicalSourceSpec logical(BackupRequest.LogicalOptions options) {
    if (options == null) {
      return new LogicalSourceSpec(null, null, null, null, null, null, null, null, 0, null);
    }
    BackupRequest.DatabaseSelection databases = options.databases();
    Violations checked = new Violations();
    return new LogicalSourceSpec(
        checked.constant(DumpFormat.class, "", options.format()),
        databases == null ? null : databases.include(),
        databases == null ? null : databases.exclude(),
        options.schemas(),
        options.excludeSchemas(),
        options.tables(),
        options.excludeTables(),
        checked.constant(Content.class, "", options.content()),
        options.jobs() == null ? 0 : options.jobs(),
        checked.constant(RowCounts.class, "", options.rowCounts()));
  }

  private static CompressionSpec compression(
      BackupRequest.CompressionOptions options, Method method, Violations wrong) {
    if (options == null) {
      return CompressionSpec.zstd();
    }
    Codec codec = wrong.constant(Codec.class, "compression.codec", options.codec());
    CompressionSpec.Where where =
        wrong.constant(CompressionSpec.Where.class, "compression.where", options.where());
    wrong.range(
        "compression.level",
        options.level(),
        codec == Codec.GZIP ? 1 : 0,
        codec == Codec.GZIP ? 9 : codec == Codec.LZ4 ? 12 : 22);
    wrong.range("compression.workers", options.workers(), 1, 64);
    wrong.require(
        where != CompressionSpec.Where.SERVER || method != Method.LOGICAL,
        "compression.where",
        "SERVER needs method PHYSICAL");
    return new CompressionSpec(codec, options.level(), options.workers(), where);
  }

  private static StandbyPolicy policy(
      BackupRequest.PolicyOptions options, StandbyPolicy standing, Violations wrong) {
    if (options == null) {
      return null;
    }
    StandbyPolicy.Target target =
        wrong.constant(StandbyPolicy.Target.class, "standbyPolicy.target", options.target());
    StandbyPolicy.WhenNone whenNone =
        wrong.constant(StandbyPolicy.WhenNone.class, "standbyPolicy.whenNone", options.whenNone());
    Duration waitFor = wrong.duration("standbyPolicy.waitFor", options.waitFor());
    wrong.range("standbyPolicy.maxLagBytes", options.maxLagBytes(), 0, Long.MAX_VALUE);
    wrong.require(
        options.maxLagSeconds() == null || options.maxLagSeconds() >= 0,
        "standbyPolicy.maxLagSeconds",
        "must not be negative");
    return new StandbyPolicy(
        target == null ? standing.target() : target,
        options.maxLagBytes() == null || options.maxLagBytes() < 0
            ? standing.maxLagBytes()
            : options.maxLagBytes(),
        options.maxLagSeconds() == null ? standing.maxLagSeconds() : options.maxLagSeconds(),
        whenNone == null ? standing.whenNone() : whenNone,
        waitFor == null ? standing.waitFor() : waitFor);
  }
}
