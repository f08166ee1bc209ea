package io.holdfast.api.reencryption;

import java.util.List;

/**
 * What a request came to.
 *
 * @param walJob null: no WAL is archived
 */
record ReencryptionPlan(List<Begun> backups, String walJob, List<Left> left) {
  ReencryptionPlan {
    backups = List.copyOf(backups);
    left = List.copyOf(left);
  }

  /**
   * @param copies where else the first lies
   * @param second the backup that the job makes
   */
  record Begun(
      String backupId, String repository, List<String> copies, String jobId, String second) {}

  /** Why a backup is left as it is; stable, for programs. */
  enum Because {
    DONE,
    NOT_ENCRYPTED,
    PARENT_GONE,
    PARENT_LEFT,
    LATER
  }

  /**
   * @param second with {@link Because#DONE}: which one; else null
   */
  record Left(
      String backupId, String repository, Because because, String sentence, String second) {}
}
