package io.holdfast.embedded.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

class InstalledProgramsTest {
  @RequiresProgram(
      value = {"mill", "saw"},
      install = "the package workshop")
  private static class Tools {}

  @RequiresProgram(
      value = "sh",
      install = "the third library",
      proof = {"sh", "-c", "echo no such library; exit 3"})
  private static class Library {}

  @RequiresProgram(
      value = "sh",
      install = "nothing",
      proof = {"sh", "-c", "exit 0"})
  private static class Shell {}

  @Test
  void runsWhereEachIsFoundAndDoes() {
    assertThat(evaluate(Tools.class, Set.of("mill", "saw"), null).isDisabled()).isFalse();
    assertThat(evaluate(Shell.class, Set.of("sh"), "sh").isDisabled()).isFalse();
  }

  @Test
  void saysWhatToInstallForWhatIsMissing() {
    ConditionEvaluationResult result = evaluate(Tools.class, Set.of("mill"), null);

    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason()).hasValue("no saw is on the PATH: install the package workshop");
    assertThat(evaluate(Tools.class, Set.of("mill"), "").isDisabled()).isTrue();
    assertThat(evaluate(Tools.class, Set.of("mill"), "mill ").isDisabled())
        .as("the other one was not prepared")
        .isTrue();
  }

  @Test
  void saysWhyWhatIsFoundDoesNotDo() {
    ConditionEvaluationResult result = evaluate(Library.class, Set.of("sh"), "mill");

    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason().orElseThrow())
        .startsWith("what is installed does not do, ")
        .contains("exited 3: no such library")
        .endsWith(": install the third library");
  }

  @Test
  void failsWhereWhatWasPreparedIsMissingOrDoesNotDo() {
    assertThatThrownBy(() -> evaluate(Tools.class, Set.of("mill"), "saw mill "))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no saw is on the PATH, although HOLDFAST_PROGRAMS_PREPARED has saw mill");
    assertThatThrownBy(() -> evaluate(Library.class, Set.of("sh"), "sh"))
        .hasMessageContaining("exited 3")
        .hasMessageEndingWith("although HOLDFAST_PROGRAMS_PREPARED has sh");
  }

  private static ConditionEvaluationResult evaluate(
      Class<?> test, Set<String> found, String prepared) {
    return InstalledPrograms.evaluate(
        test.getAnnotation(RequiresProgram.class), found::contains, prepared);
  }
}
