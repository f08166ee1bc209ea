package io.holdfast.api.retention;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.api.cluster.RetentionView;
import io.holdfast.model.BackupId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What stays and what would go now, with the reason for each. */
@Schema(name = "RetentionPlan")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RetentionPlanView(
    String cluster,
    String repository,
    Instant at,
    @Schema(description = "The policy that holds, defaults filled in") RetentionView policy,
    int keeping,
    int expiring,
    @Schema(description = "Stored bytes of the backups that would go") long expiringBytes,
    @Schema(description = "Newest first") List<BackupDecisionView> backups,
    @Schema(description = "By timeline and position; empty when nothing is archived there")
        List<WalDecisionView> wal,
    @Schema(
            description =
                "The WAL of each system that the cluster was before it was set up anew, as a whole")
        List<FormerDecisionView> former,
    @Schema(description = "Whether carrying it out needs 'confirm' with the digest")
        boolean needsConfirmation,
    List<ConcernView> concerns,
    @Schema(description = "The same for as long as the same would go") String digest,
    @Schema(
            description =
                "What goes from the cluster's further repositories; each has a whole plan of its own"
                    + " (parameter repository). Absent from those")
        List<CopyPlanView> copies) {

  /** A page. */
  @Schema(name = "RetentionPlanPage")
  public record Page(
      List<RetentionPlanView> items,
      @Schema(description = "Absent on the last page") String nextCursor) {}

  @Schema(name = "CopyRetentionPlan", description = "The plan of a further repository, in short")
  public record CopyPlanView(
      String repository,
      int keeping,
      int expiring,
      long expiringBytes,
      boolean needsConfirmation,
      String digest) {
    static CopyPlanView of(String repository, RetentionPlan plan) {
      return new CopyPlanView(
          repository,
          plan.keeping(),
          plan.expiring(),
          plan.expiringBytes(),
          !plan.concerns().isEmpty(),
          plan.digest());
    }
  }

  @Schema(name = "BackupDecision")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record BackupDecisionView(
      String backupId,
      Instant finishedAt,
      @Schema(description = "What an incremental one builds on") String parent,
      long storedBytes,
      @Schema(description = "KEEP or EXPIRE; further values may follow") String action,
      List<ReasonView> reasons,
      @Schema(
              description =
                  "Until when at least the store keeps it and what it builds on, whoever asks, by"
                      + " the lock that is declared now. After that it is kept by this plan and by"
                      + " its holds only. Absent: nothing is locked there")
          Instant lockEndsAt) {}

  @Schema(name = "WalDecision")
  public record WalDecisionView(
      String systemIdentifier,
      int timeline,
      @Schema(examples = "0/3000000") String from,
      @Schema(description = "Exclusive", examples = "0/5000000") String to,
      @Schema(description = "KEEP or EXPIRE; further values may follow") String action,
      List<ReasonView> reasons) {}

  @Schema(name = "FormerSystemDecision")
  public record FormerDecisionView(
      String systemIdentifier,
      @Schema(description = "KEEP or EXPIRE; further values may follow") String action,
      List<ReasonView> reasons) {}

  @Schema(name = "RetentionReason")
  public record ReasonView(
      @Schema(description = "TIER, MINIMUM, HOLD, PARENT, ...; further values may follow")
          String code,
      String sentence) {}

  @Schema(name = "RetentionConcern", description = "Why the plan asks before it is carried out")
  public record ConcernView(
      @Schema(description = "SHARE or LEAP; further values may follow") String code,
      String sentence) {}

  /**
   * @param lockEnds of the backups that the store keeps for a time
   */
  static RetentionPlanView of(
      String cluster,
      String repository,
      RetentionView policy,
      RetentionPlan plan,
      Map<BackupId, Instant> lockEnds,
      List<CopyPlanView> copies) {
    return new RetentionPlanView(
        cluster,
        repository,
        plan.at(),
        policy,
        plan.keeping(),
        plan.expiring(),
        plan.expiringBytes(),
        plan.backups().stream().map(decision -> of(decision, lockEnds.get(decision.id()))).toList(),
        plan.wal().stream().map(RetentionPlanView::of).toList(),
        plan.former().stream()
            .map(
                one ->
                    new FormerDecisionView(
                        one.systemIdentifier(), one.action().name(), List.of(of(one.reason()))))
            .toList(),
        !plan.concerns().isEmpty(),
        plan.concerns().stream()
            .map(concern -> new ConcernView(concern.code(), concern.sentence()))
            .toList(),
        plan.digest(),
        copies);
  }

  private static BackupDecisionView of(RetentionPlan.BackupDecision decision, Instant lockEndsAt) {
    RetentionFacts.Stored backup = decision.backup();
    return new BackupDecisionView(
        backup.id().value(),
        backup.finishedAt(),
        backup.parent() == null ? null : backup.parent().value(),
        backup.bytes(),
        decision.action().name(),
        decision.reasons().stream().map(RetentionPlanView::of).toList(),
        lockEndsAt);
  }

  private static WalDecisionView of(RetentionPlan.WalDecision decision) {
    return new WalDecisionView(
        decision.systemIdentifier(),
        decision.timeline(),
        decision.from().toString(),
        decision.to().toString(),
        decision.action().name(),
        List.of(of(decision.reason())));
  }

  private static ReasonView of(RetentionPlan.Reason reason) {
    return new ReasonView(reason.code().name(), reason.sentence());
  }
}
