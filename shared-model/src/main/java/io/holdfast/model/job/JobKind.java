package io.holdfast.model.job;

/** The verbs. */
public enum JobKind {
  BACKUP,
  RESTORE,
  VERIFY,
  CHECK,
  PROBE,
  RESTORE_POINT,
  DRILL;

  /** One-shot kinds change something outside the repository and are never retried by themselves. */
  public boolean oneShot() {
    return this == RESTORE;
  }
}
