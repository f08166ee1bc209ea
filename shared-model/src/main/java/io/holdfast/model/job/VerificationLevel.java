package io.holdfast.model.job;

/** How far a verification goes; each level includes the ones before it. */
public enum VerificationLevel {
  /** Every stored byte is read again and its digest compared. */
  CHECKSUM,
  /** Dumps are parsed to the end; each file of a base backup is held against its manifest. */
  STRUCTURE,
  /** Restored into a throw-away server, queried, and compared with what was recorded. */
  RESTORE
}
