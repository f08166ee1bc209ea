package io.holdfast.model.manifest;

import io.holdfast.model.BackupId;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.JobId;
import io.holdfast.model.Lsn;
import io.holdfast.model.RunId;
import io.holdfast.model.cluster.NodeRole;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * {@code manifest.json}, format 1. Self-describing: a person and a rebuilt catalog need nothing
 * else. See {@code docs/repository-format.md}.
 *
 * @param format 1; readers refuse a higher one and tolerate unknown fields
 * @param method {@code LOGICAL} or {@code PHYSICAL}
 * @param parent the backup an incremental builds on, of the same cluster and in the same
 *     repository; null for a full one
 * @param parentManifestSha256 of the parent's {@code manifest.json} as it is stored, lower-case
 *     hexadecimal: since a manifest has the digests of its objects, the last member of a chain
 *     vouches for every byte of all; null for a full one
 * @param encryption null: none
 * @param reencryptedFrom the backup that this one has the content of, under other keys; null: it
 *     was taken from a server
 * @param structureChecked whether dumps and tar files were parsed before the manifest was written;
 *     false for a base backup that the server compressed, until it is verified nobody looked inside
 */
public record Manifest(
    int format,
    BackupId backupId,
    RunId runId,
    int attempt,
    JobId jobId,
    String cluster,
    String method,
    String createdBy,
    Instant startedAt,
    Instant finishedAt,
    double durationSeconds,
    Source source,
    Wal wal,
    CompressionSpec compression,
    boolean structureChecked,
    List<Database> databases,
    List<Tablespace> tablespaces,
    List<Artifact> artifacts,
    long plainBytes,
    long storedBytes,
    BackupId parent,
    String parentManifestSha256,
    Encryption encryption,
    Map<String, String> tools,
    Map<String, String> labels,
    BackupId reencryptedFrom) {
  public static final int FORMAT = 1;

  /**
   * The same content as another backup, under other keys. When it was read from the server, and how
   * long that took, stays.
   *
   * @param on what it builds on now; null: nothing
   */
  public Manifest reencrypted(
      BackupId id,
      RunId run,
      int byAttempt,
      JobId byJob,
      String by,
      List<Artifact> objects,
      Parent on,
      Encryption with) {
    return new Manifest(
        FORMAT,
        id,
        run,
        byAttempt,
        byJob,
        cluster,
        method,
        by,
        startedAt,
        finishedAt,
        durationSeconds,
        source,
        wal,
        compression,
        structureChecked,
        databases,
        tablespaces,
        objects,
        plainBytes,
        objects.stream().mapToLong(object -> object.stored().bytes()).sum(),
        on == null ? null : on.id(),
        on == null ? null : on.manifestSha256(),
        with,
        tools,
        labels,
        backupId);
  }

  /** What an incremental builds on. */
  public record Parent(BackupId id, String manifestSha256) {}

  /** The node the bytes were read from and how far behind it was. */
  public record Source(
      String node,
      NodeRole role,
      Long lagBytes,
      Double lagSeconds,
      String serverVersion,
      int serverVersionNum,
      String systemIdentifier,
      int timeline) {}

  /** The WAL a physical backup needs to become consistent; null for a logical one. */
  public record Wal(Lsn startLsn, Lsn stopLsn, int timeline, int segmentSizeBytes) {}

  /**
   * @param snapshotLsn a WAL position not after the dump's snapshot; null for a physical backup
   * @param localeProvider {@code libc}, {@code icu} or {@code builtin}; null before PostgreSQL 15
   * @param locale the provider's, where it is not libc
   * @param icuRules ICU's additional rules of collation; null: none
   * @param tablespace the database's own; null: the server's default
   */
  public record Database(
      String name,
      String encoding,
      String collate,
      String ctype,
      String owner,
      Lsn snapshotLsn,
      String localeProvider,
      String locale,
      String icuRules,
      String tablespace) {
    public Database(
        String name, String encoding, String collate, String ctype, String owner, Lsn snapshotLsn) {
      this(name, encoding, collate, ctype, owner, snapshotLsn, null, null, null, null);
    }
  }

  public record Tablespace(long oid, String name, String location) {}
}
