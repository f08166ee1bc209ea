package io.holdfast.model;

/** The stable codes of a failed job. New ones are added, none is renamed. */
public enum ErrorCode {
  /** The command is unsigned, expired, of another pool, or outside this worker's configuration. */
  COMMAND_REFUSED(false),
  /** A secret reference that this worker's configuration does not resolve. */
  CREDENTIALS_UNKNOWN(false),
  /** The database refuses the credentials or lacks a privilege. */
  PERMISSION_DENIED(false),
  /** No node satisfies the standby policy. */
  NO_ELIGIBLE_NODE(true),
  /** A node cannot be reached. */
  NODE_UNREACHABLE(true),
  /** The node is another cluster, or changed its role or timeline under a running backup. */
  CLUSTER_CHANGED(true),
  /** The client tools for the server's major are missing on the worker. */
  TOOLS_MISSING(false),
  /** The dump, base backup or another source ended badly. */
  SOURCE_FAILED(true),
  /** A standby cancelled the dump because of a recovery conflict. */
  RECOVERY_CONFLICT(true),
  /** The selection of databases or tables matches nothing, or an option does not fit the server. */
  INVALID_SELECTION(false),
  /** The repository cannot be reached or answers with an error that may pass. */
  REPOSITORY_UNAVAILABLE(true),
  /** The repository refuses: credentials, bucket, permissions. */
  REPOSITORY_REFUSED(false),
  /** The repository or the worker's disk is full. */
  NO_SPACE(true),
  /** What the repository holds is not what was sent. */
  STORED_BYTES_DIFFER(true),
  /** An artifact is absent, short, or its digest does not match the manifest. */
  ARTIFACT_DAMAGED(false),
  /** The store keeps an object from being removed: a lock that has not run out, or a legal hold. */
  OBJECT_LOCKED(false),
  /** No manifest: the backup does not exist in this repository. */
  BACKUP_NOT_FOUND(false),
  /** The manifest is of a format this version does not read. */
  MANIFEST_UNREADABLE(false),
  /** The restore target holds something already, or a server runs there. */
  TARGET_NOT_EMPTY(false),
  /** The restore target lies outside the worker's allowed roots, or another restore holds it. */
  TARGET_REFUSED(false),
  /** Roles or extensions that the restore needs are missing at the target. */
  TARGET_LACKS(false),
  /** The target server reported an error during the restore. */
  RESTORE_FAILED(false),
  /** What was restored differs from what was recorded at backup time. */
  VERIFICATION_FAILED(false),
  /** A newer attempt has taken over; this one may change nothing. */
  SUPERSEDED(false),
  /** The archive lacks what the recovery target needs; nothing was copied. */
  TARGET_UNREACHABLE(false),
  /** Recovery ended elsewhere than asked. */
  TARGET_MISSED(false),
  /** A file of WAL in the archive is not what its name says. */
  WAL_DAMAGED(false),
  /** The destination of a copy holds something else under the same name. */
  COPY_DIFFERS(false),
  /** A drill found something wrong. */
  DRILL_FAILED(false),
  /** A key is missing on this worker, or what keeps it does not answer. */
  KEY_UNAVAILABLE(true),
  /** A key is wrong, expired, revoked or disabled. */
  KEY_REFUSED(false),
  /** A manifest is not one that a worker with the right key wrote. */
  NOT_AUTHENTIC(false),
  /** The worker stopped reporting and its lease ran out. */
  WORKER_LOST(true),
  /** No worker of the pool accepted the job in time. */
  NO_WORKER(true),
  /** The job's deadline passed. */
  DEADLINE_EXCEEDED(false),
  /** The worker was asked to shut down. */
  WORKER_STOPPING(true),
  /** A defect in Holdfast. */
  INTERNAL(false);

  private final boolean retryable;

  ErrorCode(boolean retryable) {
    this.retryable = retryable;
  }

  public boolean retryable() {
    return retryable;
  }
}
