package io.holdfast.api.declared;

import io.holdfast.api.problem.ApiProblem;
import java.util.List;
import java.util.Optional;

/**
 * A kind of thing that can be declared in a file as well as by {@code PUT}, with the same checks
 * and the same effects. A bean of this type is all that a new kind needs to be applied, pruned and
 * exported.
 *
 * <p>Every method runs in the caller's transaction and refuses with {@link ApiProblem}.
 *
 * @param <R> the body of its {@code PUT}
 */
public interface DeclaredKind<R> {
  /** As in {@code kind} of a document. */
  String kind();

  /** What follows {@code put} and {@code delete} in the operations that do the same alone. */
  default String operation(DeclaredName name) {
    return kind();
  }

  /** Kinds are applied in this order and removed in the reverse one: what refers comes later. */
  int order();

  Class<R> form();

  /** Its path in the API, which no other declaration has. */
  String path(DeclaredName name);

  /** What is wrong with where a document says that it belongs; empty when nothing is. */
  default Optional<ApiProblem.Violation> misplaced(DeclaredName name) {
    if (name.cluster() == null && name.repository() == null) {
      return Optional.empty();
    }
    return Optional.of(
        new ApiProblem.Violation(
            name.cluster() == null ? "metadata.repository" : "metadata.cluster",
            "is not for kind " + kind()));
  }

  boolean exists(DeclaredName name);

  /** What {@link #put} would change. Locks the row, so that it stays true in this transaction. */
  PlanView plan(DeclaredName name, R form);

  /**
   * Creates or changes it, whatever version there is.
   *
   * @return the version that it has now
   */
  long put(DeclaredName name, R form);

  /** Forgets the declaration and nothing that was made under it. */
  void delete(DeclaredName name);

  /** All that the caller may see, by name, in the form in which it would be declared. */
  List<Named<R>> declarations();

  /** A declaration and what it is called. */
  record Named<R>(DeclaredName name, R form) {}
}
