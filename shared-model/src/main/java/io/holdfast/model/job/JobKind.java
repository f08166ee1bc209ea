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
  EXPIRE,
  ROTATE_KEYS,
  LEGAL_HOLD,
  REENCRYPT,
  REENCRYPT_WAL;

  /** One-shot kinds change something outside the repository and are never retried by themselves. */
  public boolean oneShot() {
    return this == RESTORE;
  }

  /**
   * What these change cannot be changed back: one is cancelled when nobody can begin it any more.
   */
  public boolean irrevocable() {
    return this == RESTORE || this == EXPIRE;
  }
}
