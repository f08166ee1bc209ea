package io.holdfast.embedded.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChildJvmTest {
  private final Path folder = Folders.temporary("child");

  @AfterEach
  void clean() {
    Folders.delete(folder);
  }

  /** Says that it runs, and runs until it is killed. */
  static final class Forever {
    public static void main(String[] arguments) throws InterruptedException {
      System.out.println("hello " + System.getenv("GREETED"));
      new java.util.concurrent.CountDownLatch(1).await();
    }
  }

  private ChildJvm forever() {
    ChildJvm child =
        ChildJvm.startMain(folder, Forever.class.getName(), List.of(), Map.of("GREETED", "child"));
    child.awaitReady(
        "it says hello", Duration.ofSeconds(30), () -> child.output().contains("hello child"));
    return child;
  }

  @Test
  void endsOnClose() {
    ChildJvm child = forever();
    child.close();
    assertThat(child.process().isAlive()).isFalse();
  }

  @Test
  void endsWhatAKilledParentLeftInTheSameFolder() {
    ChildJvm left = forever();
    try (ChildJvm next = forever()) {
      assertThat(next.process().isAlive()).isTrue();
      assertThat(left.process().isAlive()).isFalse();
    }
  }

  @Test
  void saysWithItsLogThatItEndedBeforeItWasReady() {
    ChildJvm child = ChildJvm.start(folder, List.of("--no-such-option"), Map.of());
    assertThatThrownBy(() -> child.awaitReady("it runs", Duration.ofSeconds(30), () -> false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("before it runs")
        .hasMessageContaining("no-such-option");
  }
}
