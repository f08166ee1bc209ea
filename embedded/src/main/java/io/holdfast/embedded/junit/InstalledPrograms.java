package io.holdfast.embedded.junit;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import io.holdfast.embedded.process.Command;
import io.holdfast.embedded.process.Programs;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Looks for what {@link RequiresProgram} asks for. */
final class InstalledPrograms implements ExecutionCondition {
  /** The programs that {@code ./dev test --all} has found or prepared, with spaces between. */
  static final String PREPARED_VARIABLE = "HOLDFAST_PROGRAMS_PREPARED";

  private static final Duration PROVEN_WITHIN = Duration.ofMinutes(1);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getElement(), RequiresProgram.class)
        .map(
            required ->
                evaluate(
                    required,
                    program -> Programs.find(program).isPresent(),
                    System.getenv(PREPARED_VARIABLE)))
        .orElseGet(() -> enabled("needs no certain program"));
  }

  /**
   * @param prepared null: nobody has prepared any
   * @throws IllegalStateException when all that it needs was prepared and does not do
   */
  static ConditionEvaluationResult evaluate(
      RequiresProgram required, Predicate<String> found, String prepared) {
    String missing = missing(required, found);
    if (missing == null) {
      return enabled("found " + String.join(", ", required.value()));
    }
    if (prepared != null
        && Arrays.asList(prepared.split(" ")).containsAll(List.of(required.value()))) {
      throw new IllegalStateException(
          missing + ", although " + PREPARED_VARIABLE + " has " + prepared.strip());
    }
    return disabled(missing + ": install " + required.install());
  }

  /** Null when nothing is. */
  private static String missing(RequiresProgram required, Predicate<String> found) {
    for (String program : required.value()) {
      if (!found.test(program)) {
        return "no " + program + " is on the PATH";
      }
    }
    if (required.proof().length > 0) {
      try {
        String unused = Command.of(required.proof()).run(PROVEN_WITHIN);
      } catch (RuntimeException e) {
        return "what is installed does not do, " + e.getMessage();
      }
    }
    return null;
  }
}
