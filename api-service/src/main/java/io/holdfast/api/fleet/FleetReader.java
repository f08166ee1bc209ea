package io.holdfast.api.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.declared.DeclaredKind;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.problem.BodyProblems;
import io.holdfast.api.problem.Fields;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.Validator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads documents into the forms of their kinds, with every rule that a PUT's body is held to. */
@ApplicationScoped
class FleetReader {
  @Inject ObjectMapper json;
  @Inject Validator validator;
  @Inject FleetKinds kinds;

  /** What could be read, in the order in which it is to be applied; the rest is in findings. */
  List<Wanted<?>> read(List<FleetDocument> documents, Findings findings) {
    List<Wanted<?>> all = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (FleetDocument document : documents) {
      Wanted<?> wanted = read(document, findings);
      if (wanted != null && !seen.add(wanted.path())) {
        findings.invalid(document, wanted.words(), "metadata.name", "is declared twice");
      } else if (wanted != null) {
        all.add(wanted);
      }
    }
    all.sort(
        Comparator.comparingInt((Wanted<?> each) -> each.kind().order())
            .thenComparing(Wanted::path));
    return all;
  }

  private Wanted<?> read(FleetDocument document, Findings findings) {
    String what = words(document.tree());
    FleetDeclaration declaration =
        valid(document, what, "", document.tree(), FleetDeclaration.class, findings);
    if (declaration == null) {
      return null;
    }
    Optional<DeclaredKind<?>> kind = kinds.named(declaration.kind());
    if (kind.isEmpty()) {
      findings.invalid(document, what, "kind", "is not one of " + kinds.words());
      return null;
    }
    return read(document, kind.get(), declaration, findings);
  }

  private <R> Wanted<R> read(
      FleetDocument document,
      DeclaredKind<R> kind,
      FleetDeclaration declaration,
      Findings findings) {
    String what = kind.kind() + " " + declaration.metadata();
    Optional<ApiProblem.Violation> misplaced = kind.misplaced(declaration.metadata());
    if (misplaced.isPresent()) {
      findings.invalid(document, what, misplaced.get().field(), misplaced.get().message());
      return null;
    }
    R form = valid(document, what, "spec", document.tree().get("spec"), kind.form(), findings);
    return form == null ? null : new Wanted<>(document, kind, declaration.metadata(), form);
  }

  /** Null when it is not valid: findings then say why. */
  private <T> T valid(
      FleetDocument document,
      String what,
      String path,
      JsonNode tree,
      Class<T> type,
      Findings findings) {
    T value;
    try {
      value = tree.isObject() ? json.treeToValue(tree, type) : null;
    } catch (JsonProcessingException invalid) {
      ApiProblem problem = BodyProblems.of(invalid);
      if (problem.violations().isEmpty()) {
        findings.invalid(document, what, path, problem.getMessage());
      }
      problem
          .violations()
          .forEach(
              each -> findings.invalid(document, what, in(path, each.field()), each.message()));
      return null;
    }
    if (value == null) {
      findings.invalid(document, what, path, "must be an object");
      return null;
    }
    var violations = validator.validate(value);
    violations.stream()
        .map(
            each ->
                new ApiProblem.Violation(
                    Fields.ofViolation(each.getPropertyPath()), each.getMessage()))
        .sorted(Comparator.comparing(ApiProblem.Violation::field))
        .forEach(each -> findings.invalid(document, what, in(path, each.field()), each.message()));
    return violations.isEmpty() ? value : null;
  }

  private static String in(String path, String field) {
    if (field.equals("body")) {
      return path;
    }
    return path.isEmpty() ? field : path + "." + field;
  }

  /** What a document calls itself, as far as that is fit to be repeated; null when it is not. */
  private static String words(JsonNode tree) {
    String kind = tree.path("kind").asText("");
    String name = tree.path("metadata").path("name").asText("");
    return kind.matches("[A-Za-z]{1,40}") && name.matches("[A-Za-z0-9._-]{1,63}")
        ? kind + " '" + name + "'"
        : null;
  }
}
