package io.holdfast.embedded.junit;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import io.holdfast.embedded.fault.SmallDisk;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tries what {@link RequiresSmallDisk} asks for. */
final class MountableDisk implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return evaluate(SmallDisk::attempt);
  }

  static ConditionEvaluationResult evaluate(Runnable attempt) {
    try {
      attempt.run();
      return enabled("a disk of its own can be mounted");
    } catch (RuntimeException e) {
      return disabled(
          "no disk of its own can be mounted: run the tests as root, and in a container with"
              + " CAP_SYS_ADMIN",
          e.getMessage());
    }
  }
}
