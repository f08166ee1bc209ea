package io.holdfast.embedded.junit;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import io.holdfast.embedded.postgres.PostgresInstall;
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

  /** {@code tools/postgresql} knows no earlier one. */
  private static final int FIRST_TO_PREPARE = 17;

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getElement(), RequiresPostgres.class)
        .map(
            required -> evaluate(required, PostgresInstall.all(), System.getenv(PREPARED_VARIABLE)))
        .orElseGet(() -> enabled("needs no certain PostgreSQL"));
  }

  /**
   * @param prepared null: nobody has prepared any
   * @throws IllegalStateException when what was prepared is not there
   */
  static ConditionEvaluationResult evaluate(
      RequiresPostgres required, List<PostgresInstall> installed, String prepared) {
    for (PostgresInstall install : installed) {
      if (isOf(required, install.major()) && install.has(required.program())) {
        return enabled("PostgreSQL " + install.major() + " is in " + install.bin());
      }
    }
    String missing = "no " + wanted(required) + " with its " + required.program() + " is installed";
    if (wasPrepared(required, prepared)) {
      throw new IllegalStateException(
          missing
              + ", although "
              + PREPARED_VARIABLE
              + " has "
              + prepared
              + ": it is looked for in "
              + PostgresInstall.DIRECTORIES_VARIABLE);
    }
    return disabled(missing + ": " + howToHave(required));
  }

  private static boolean isOf(RequiresPostgres required, int major) {
    return major >= required.value() && major < required.before();
  }

  private static boolean wasPrepared(RequiresPostgres required, String prepared) {
    return prepared != null
        && Arrays.stream(prepared.split(" "))
            .filter(one -> !one.isBlank())
            .anyMatch(one -> isOf(required, Integer.parseInt(one)));
  }

  private static String wanted(RequiresPostgres required) {
    return "PostgreSQL"
        + (required.value() == 0 ? "" : " " + required.value() + " or later")
        + (required.before() == Integer.MAX_VALUE ? "" : " before " + required.before());
  }

  private static String howToHave(RequiresPostgres required) {
    int prepared = Math.max(required.value(), FIRST_TO_PREPARE);
    if (!isOf(required, prepared)) {
      return PostgresInstall.DIRECTORIES_VARIABLE
          + "=<folder> shows the tests a <folder>/<major>/bin that Debian's packages are not";
    }
    return "'tools/postgresql "
        + prepared
        + " <folder>' prepares one, and "
        + PostgresInstall.DIRECTORIES_VARIABLE
        + "=<folder> shows it to the tests; './dev test --all' does both";
  }
}
