package io.holdfast.embedded.junit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

class MountableDiskTest {
  @Test
  void runsWhereOneCouldBeMounted() {
    assertThat(MountableDisk.evaluate(() -> {}).isDisabled()).isFalse();
  }

  @Test
  void saysWhatItTakesAndWhyItFailed() {
    ConditionEvaluationResult result =
        MountableDisk.evaluate(
            () -> {
              throw new IllegalStateException("mount exited 32: permission denied");
            });

    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason().orElseThrow())
        .startsWith("no disk of its own can be mounted: run the tests as root")
        .endsWith("mount exited 32: permission denied");
  }
}
