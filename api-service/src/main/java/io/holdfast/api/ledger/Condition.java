package io.holdfast.api.ledger;

/** What can be wrong with an archive for a while, with the events of its begin and its end. */
enum Condition {
  STALLED("ARCHIVE_STALLED", "ARCHIVE_RESUMED"),
  BREACHED("OBJECTIVE_BREACHED", "OBJECTIVE_MET"),
  SLOT_HALF("SLOT_HALF_FULL", "SLOT_RELIEVED"),
  SLOT_NEARLY("SLOT_NEARLY_FULL", null),
  SLOT_GONE("SLOT_LOST", null),
  UNOBSERVED("ARCHIVE_UNOBSERVED", "ARCHIVE_OBSERVED");

  private final String raised;
  private final String cleared;

  Condition(String raised, String cleared) {
    this.raised = raised;
    this.cleared = cleared;
  }

  String raised() {
    return raised;
  }

  /** Null: its end is no news. */
  String cleared() {
    return cleared;
  }
}
