package io.holdfast.api.fleet;

import io.holdfast.api.problem.ApiProblem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Everything that keeps a set of declarations from being applied, told at once. */
final class Findings {
  private static final int MAX_SHOWN = 200;

  private record Refusal(int status, String code) {}

  private final List<ApiProblem.Violation> violations = new ArrayList<>();
  private final Set<Refusal> refusals = new LinkedHashSet<>();
  private final Set<String> places = new LinkedHashSet<>();

  /**
   * @param what for people, such as {@code Cluster 'orders'}; null when it could not be read
   * @param path of the field within the document; may be empty
   */
  void invalid(FleetDocument at, String what, String path, String message) {
    add(at, what, path, message, new Refusal(422, "invalid-request"));
  }

  /** A refusal of the kind's own, with every field that it names. */
  void refused(FleetDocument at, String what, ApiProblem problem) {
    Refusal refusal = new Refusal(problem.status(), problem.code());
    if (problem.violations().isEmpty()) {
      add(at, what, "", problem.getMessage(), refusal);
    }
    problem
        .violations()
        .forEach(each -> add(at, what, "spec." + each.field(), each.message(), refusal));
  }

  void conflict(Wanted<?> wanted, String code, String message) {
    add(wanted.document(), wanted.words(), "", message, new Refusal(409, code));
  }

  /** Something that nothing in the request names any more, and that cannot go. */
  void kept(String what, ApiProblem problem) {
    places.add(what);
    refusals.add(new Refusal(problem.status(), problem.code()));
    violations.add(new ApiProblem.Violation("prune", what + ": " + problem.getMessage()));
  }

  boolean none() {
    return violations.isEmpty();
  }

  /** Nothing was changed, because of all this. */
  ApiProblem problem(int documents) {
    List<ApiProblem.Violation> shown =
        violations.subList(0, Math.min(MAX_SHOWN, violations.size()));
    Refusal refusal = verdict();
    return new ApiProblem(
        refusal.status(),
        refusal.code(),
        "Nothing is applied: "
            + places.size()
            + (places.size() == 1 ? " declaration" : " declarations")
            + " of "
            + documents
            + " cannot be. "
            + shown.get(0).field()
            + ": "
            + shown.get(0).message(),
        refusal.status() == 422
            ? "Correct the fields listed in violations."
            : "Look at violations; force=true takes over what belongs to somebody else.",
        shown);
  }

  /** What the sender has to mend comes before what may pass by itself. */
  private Refusal verdict() {
    if (refusals.size() == 1) {
      return refusals.iterator().next();
    }
    return refusals.stream()
        .filter(refusal -> refusal.status() == 422)
        .findFirst()
        .orElse(new Refusal(409, "conflict"));
  }

  private void add(FleetDocument at, String what, String path, String message, Refusal refusal) {
    String line = at.line() == 0 ? "" : "line " + at.line();
    String place = what == null ? line : line.isEmpty() ? what : what + ", " + line;
    places.add(at.field(""));
    refusals.add(refusal);
    violations.add(
        new ApiProblem.Violation(
            at.field(path), place.isEmpty() ? message : place + ": " + message));
  }
}
