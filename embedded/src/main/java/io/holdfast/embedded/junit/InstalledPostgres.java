package io.holdfast.embedded.junit;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import io.holdfast.embedded.postgres.PostgresInstall;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Looks for what {@link RequiresPostgres} asks for. */
final class InstalledPostgres implements ExecutionCondition {
  /** The majors that {@code ./dev test --all} has prepared, with spaces between them. */
  static final String PREPARED_VARIABLE = "HOLDFAST_POSTGRES_PREPARED";

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getElement(), RequiresPostgres.class)
        .map(
            required ->
                evaluate(
                    required.value(),
                    required.program(),
                    PostgresInstall.all(),
                    System.getenv(PREPARED_VARIABLE)))
        .orElseGet(() -> enabled("needs no certain PostgreSQL"));
  }

  /**
   * @param prepared null: nobody has prepared any
   * @throws IllegalStateException when what was prepared is not there
   */
  static ConditionEvaluationResult evaluate(
      int major, String program, List<PostgresInstall> installed, String prepared) {
    for (PostgresInstall install : installed) {
      if (install.major() >= major && Files.isExecutable(install.bin().resolve(program))) {
        return enabled("PostgreSQL " + install.major() + " is in " + install.bin());
      }
    }
    String missing = "no PostgreSQL " + major + " or later with its " + program + " is installed";
    if (wasPrepared(major, prepared)) {
      throw new IllegalStateException(
          missing
              + ", although "
              + PREPARED_VARIABLE
              + " has "
              + prepared
              + ": it is looked for in "
              + PostgresInstall.DIRECTORIES_VARIABLE);
    }
    return disabled(
        missing
            + ": 'tools/postgresql "
            + major
            + " <folder>' prepares one, and "
            + PostgresInstall.DIRECTORIES_VARIABLE
            + "=<folder> shows it to the tests; './dev test --all' does both");
  }

  private static boolean wasPrepared(int major, String prepared) {
    return prepared != null
        && Arrays.stream(prepared.split(" "))
            .filter(one -> !one.isBlank())
            .anyMatch(one -> Integer.parseInt(one) >= major);
  }
}
