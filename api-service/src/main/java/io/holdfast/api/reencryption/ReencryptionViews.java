package io.holdfast.api.reencryption;

import io.holdfast.api.job.JobState;
import io.holdfast.api.reencryption.ReencryptionView.BackupReencryptionView;
import io.holdfast.api.reencryption.ReencryptionView.LeftView;
import io.holdfast.api.reencryption.ReencryptionView.WalReencryptionView;
import java.util.Map;

/** Requests as they are shown. */
final class ReencryptionViews {
  private ReencryptionViews() {}

  /**
   * @param states of the jobs, by id
   */
  static ReencryptionView of(
      ReencryptionEntity row, ReencryptionPlan plan, Map<String, String> states) {
    boolean done = states.values().stream().allMatch(state -> JobState.valueOf(state).done());
    boolean succeeded =
        states.values().stream().allMatch(state -> state.equals(JobState.SUCCEEDED.name()));
    return new ReencryptionView(
        row.id.toString(),
        row.cluster,
        row.leakedKey,
        row.createdAt,
        row.createdBy,
        done,
        done ? (succeeded ? JobState.SUCCEEDED : JobState.FAILED).name() : null,
        plan.backups().stream()
            .map(
                begun ->
                    new BackupReencryptionView(
                        begun.backupId(),
                        begun.repository(),
                        begun.copies(),
                        begun.jobId(),
                        states.get(begun.jobId()),
                        begun.second()))
            .toList(),
        plan.walJob() == null
            ? null
            : new WalReencryptionView(plan.walJob(), states.get(plan.walJob())),
        plan.left().stream()
            .map(
                left ->
                    new LeftView(
                        left.backupId(),
                        left.repository(),
                        left.because().name(),
                        left.sentence(),
                        left.second()))
            .toList());
  }
}
