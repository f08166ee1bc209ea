package io.holdfast.model.job;

/** The verbs. */
public enum JobKind {
  BACKUP,
  RESTORE,
  VERIFY,
  CHECK,
  PROBE,
  RESTORE_POINT,
  DRILL,
  COPY,
  COPY_WAL,
  SCAN,
  EXPIRE;

  /** One-shot kinds change something outside the repository and are never retried by themselves. */
  public boolean oneShot() {
    return this == RESTORE;
  }
}
