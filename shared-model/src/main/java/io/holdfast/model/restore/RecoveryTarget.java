package io.holdfast.model.restore;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.holdfast.model.Lsn;
import io.holdfast.model.cluster.ClusterSpec;
import java.time.Instant;

/**
 * Where recovery of a physical restore ends. All but {@link EndOfBackup} read archived WAL.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/current/runtime-config-wal.html#RUNTIME-CONFIG-WAL-RECOVERY-TARGET">Recovery
 *     target</a>
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RecoveryTarget.EndOfBackup.class, name = "END_OF_BACKUP"),
  @JsonSubTypes.Type(value = RecoveryTarget.Immediate.class, name = "IMMEDIATE"),
  @JsonSubTypes.Type(value = RecoveryTarget.Latest.class, name = "LATEST"),
  @JsonSubTypes.Type(value = RecoveryTarget.Time.class, name = "TIME"),
  @JsonSubTypes.Type(value = RecoveryTarget.Position.class, name = "LSN"),
  @JsonSubTypes.Type(value = RecoveryTarget.Transaction.class, name = "XID"),
  @JsonSubTypes.Type(value = RecoveryTarget.RestorePoint.class, name = "NAME"),
  @JsonSubTypes.Type(value = RecoveryTarget.Standby.class, name = "STANDBY")
})
public sealed interface RecoveryTarget {
  /** The backup's own WAL and nothing more; no archive is asked. */
  record EndOfBackup() implements RecoveryTarget {}

  /** As soon as the copy is consistent, on a timeline of its own. */
  record Immediate() implements RecoveryTarget {}

  /** The end of the archive. */
  record Latest() implements RecoveryTarget {}

  /**
   * The last commit before a moment.
   *
   * @param inclusive whether commits at exactly that moment are in
   */
  record Time(Instant time, boolean inclusive) implements RecoveryTarget {}

  /**
   * @param inclusive whether the record at that position is in
   */
  record Position(Lsn lsn, boolean inclusive) implements RecoveryTarget {}

  /**
   * @param xid decimal text, of 32 bits as in the WAL
   * @param inclusive whether the transaction itself is in
   */
  record Transaction(String xid, boolean inclusive) implements RecoveryTarget {}

  /** What {@code pg_create_restore_point} wrote; the first of that name after the backup. */
  record RestorePoint(String name) implements RecoveryTarget {}

  /**
   * Never: the copy becomes a streaming standby of the cluster's primary.
   *
   * @param slotName a physical replication slot to use, created when missing; null: none
   */
  record Standby(ClusterSpec cluster, String slotName) implements RecoveryTarget {}
}
