package io.holdfast.api.reencryption;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What is done about a key that leaked, for a whole cluster. */
@Schema(name = "Reencryption")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReencryptionView(
    String id,
    String cluster,
    @Schema(description = "The key that leaked") String key,
    Instant createdAt,
    @Schema(description = "Id of the key of who asked") String createdBy,
    @Schema(description = "Whether all jobs are over") boolean done,
    @Schema(
            description =
                "SUCCEEDED when every job has, else FAILED; absent until all are over. What was left"
                    + " is no failure: look at it")
        String outcome,
    @Schema(description = "What builds on nothing before what builds on it")
        List<BackupReencryptionView> backups,
    @Schema(description = "The archive with its copies. Absent: the cluster archives no WAL")
        WalReencryptionView wal,
    @Schema(description = "What the key may open and this request does nothing about")
        List<LeftView> left) {

  @Schema(name = "BackupReencryption")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record BackupReencryptionView(
      String backupId,
      String repository,
      @Schema(description = "Where it is copied to; the second backup is copied there by itself")
          List<String> copies,
      String jobId,
      @Schema(description = "As of the job") String state,
      @Schema(description = "The backup with the same content under the declared keys")
          String secondBackupId) {}

  @Schema(name = "WalReencryption")
  public record WalReencryptionView(
      String jobId, @Schema(description = "As of the job") String state) {}

  @Schema(name = "LeftUnderItsKey")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record LeftView(
      String backupId,
      String repository,
      @Schema(
              description =
                  "DONE (there is a second one already), NOT_ENCRYPTED, PARENT_GONE, PARENT_LEFT or"
                      + " LATER; further values may follow")
          String code,
      String sentence,
      @Schema(description = "With DONE: which one") String secondBackupId) {}
}
