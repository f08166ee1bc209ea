package io.holdfast.worker.restore;

/** Whether a restore has begun to change what it restores into. Used by one thread. */
final class PointOfNoReturn {
  private boolean passed;

  /** Said right before the first change that cannot be taken back. */
  void pass() {
    passed = true;
  }

  boolean passed() {
    return passed;
  }
}
