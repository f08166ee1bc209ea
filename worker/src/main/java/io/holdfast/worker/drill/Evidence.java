package io.holdfast.worker.drill;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a drill found so far. Each finding is told at once, so that a drill that fails keeps it. */
final class Evidence {
  private static final String FINDING = "DRILL_FINDING";
  private static final String FACTS = "DRILL_FACTS";

  private final Attempt attempt;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, String> facts = new TreeMap<>();

  Evidence(Attempt attempt) {
    this.attempt = attempt;
  }

  void found(Finding finding) {
    findings.add(finding);
    attempt.note(FINDING, Wire.text(finding));
  }

  void ok(String check, String sentence) {
    found(new Finding(check, "OK", sentence, null));
  }

  void warning(String check, String sentence, String hint) {
    found(new Finding(check, "WARNING", sentence, hint));
  }

  void failed(String check, String sentence, String hint) {
    found(new Finding(check, "FAILED", sentence, hint));
  }

  Map<String, String> facts() {
    return facts;
  }

  List<Finding> findings() {
    return findings;
  }

  /** To be called once, at the end, however it ends. */
  void tellFacts() {
    attempt.note(FACTS, Wire.text(facts));
  }

  /**
   * @throws JobFailure DRILL_FAILED when anything was wrong
   */
  void requireNoneFailed() {
    List<String> failed =
        findings.stream()
            .filter(finding -> finding.outcome().equals("FAILED"))
            .map(Finding::sentence)
            .toList();
    if (!failed.isEmpty()) {
      throw new JobFailure(
          ErrorCode.DRILL_FAILED,
          failed.size()
              + " of "
              + findings.size()
              + " findings are bad: "
              + String.join(" ", failed.subList(0, Math.min(5, failed.size()))),
          "Read the drill's evidence.");
    }
  }
}
