package io.holdfast.worker.backup;

/** How the bytes of a cluster are taken: one implementation per backup method. */
interface Method {
  /** The name in the manifest. */
  String name();

  /**
   * Stores every artifact of the run. The caller discards the run when this throws, and decides
   * alone whether what was taken becomes a backup.
   */
  Taken take(Run run);
}
