package io.holdfast.api.backup;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A backup as the API shows it. In a list without artifacts, databases and tablespaces. */
@Schema(name = "Backup")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BackupView(
    String id,
    String cluster,
    @Schema(description = "LOGICAL or PHYSICAL; further values may follow") String method,
    @Schema(description = "AVAILABLE, SUSPECT, EXPIRING or EXPIRED; further values may follow")
        String state,
    String suspectReason,
    String repository,
    String jobId,
    String createdBy,
    Instant startedAt,
    Instant finishedAt,
    double durationSeconds,
    long plainBytes,
    long storedBytes,
    @Schema(description = "ZSTD, GZIP, LZ4 or NONE; further values may follow") String codec,
    @Schema(description = "Absent: none") EncryptionStateView encryption,
    SourceView source,
    WalView wal,
    @Schema(description = "The backup that an incremental one builds on; absent: a full one")
        String parent,
    @Schema(description = "The backup whose content it has, under other keys; absent: none")
        String reencryptedFrom,
    VerificationStateView verification,
    @Schema(description = "Why it goes or went") ExpiryView expiry,
    @Schema(description = "Where else it lies, or is to lie") List<BackupCopyView> copies,
    List<DatabaseView> databases,
    List<TablespaceView> tablespaces,
    List<ArtifactView> artifacts,
    Map<String, String> tools,
    Map<String, String> labels,
    Map<String, String> links) {

  /** How its objects are encrypted. */
  @Schema(name = "BackupEncryption")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record EncryptionStateView(
      @Schema(description = "ENVELOPE or OPENPGP; further values may follow") String type,
      @Schema(description = "ENVELOPE: its data key, whose wrapped forms lie beside its objects")
          String dataKeyId,
      @Schema(description = "OPENPGP: who can read it") List<KeyView> recipients,
      @Schema(description = "OPENPGP: who signed its manifest") KeyView signer) {

    /** A key by name and fingerprint. */
    @Schema(name = "KeyFingerprint")
    public record KeyView(String name, String fingerprint) {}
  }

  @Schema(name = "BackupSource")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record SourceView(
      String node,
      String role,
      Long lagBytes,
      Double lagSeconds,
      String serverVersion,
      String systemIdentifier,
      int timeline) {}

  @Schema(name = "BackupWal")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record WalView(String startLsn, String stopLsn, int timeline, int segmentSizeBytes) {}

  /** The highest level that was proven, and when. */
  @Schema(name = "VerificationState")
  public record VerificationStateView(
      @Schema(description = "CHECKSUM, STRUCTURE or RESTORE; further values may follow")
          String level,
      Instant at) {}

  @Schema(name = "BackupExpiry")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ExpiryView(
      String reason,
      @Schema(description = "The job that removes or removed it") String jobId,
      @Schema(description = "Absent until it is gone") Instant at) {}

  @Schema(name = "BackupDatabase")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record DatabaseView(String name, String encoding, String owner, String snapshotLsn) {}

  @Schema(name = "BackupTablespace")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record TablespaceView(long oid, String name, String location) {}

  @Schema(name = "BackupArtifact")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ArtifactView(
      @Schema(description = "DUMP_CUSTOM, BASE_TAR, ...; further values may follow") String kind,
      String object,
      String database,
      Long tablespaceOid,
      String codec,
      Long plainBytes,
      String plainSha256,
      long storedBytes,
      String storedSha256) {}
}
