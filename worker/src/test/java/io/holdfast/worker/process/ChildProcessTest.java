package io.holdfast.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChildProcessTest {
  private static final ExitTranslator SAY =
      (exit, complaint) -> new JobFailure(ErrorCode.SOURCE_FAILED, exit + ": " + complaint, "");

  private static ChildCommand shell(String script) {
    return ChildCommand.of(Path.of("/bin/sh"), "-c", script);
  }

  @Test
  void showsTheChildNothingOfTheWorkersEnvironment() {
    String seen =
        ChildProcess.output(
            ChildCommand.of(Path.of("/usr/bin/env")).withEnvironment(Map.of("PGPORT", "1")),
            9999,
            SAY);
    assertThat(seen.lines().map(l -> l.replaceAll("=.*", "")))
        .containsExactlyInAnyOrder("PATH", "LANG", "PGPORT");
  }

  @Test
  void failsWithTheTailOfStandardErrorAndNeverWithQuotedRows() {
    assertThatThrownBy(
            () ->
                ChildProcess.output(
                    shell(
                        "printf 'sh: error: bad\\nDETAIL: Key (a)=(canary)\\nCONTEXT: x\\ncanary\\n' >&2; exit 3"),
                    10,
                    SAY))
        .hasMessage("sh exited 3: sh: error: bad");
  }

  @Test
  void saysThatAChildWasKilled() {
    assertThatThrownBy(() -> ChildProcess.output(shell("kill -9 $$"), 10, SAY))
        .hasMessage("sh was killed by signal 9: ");
  }

  @Test
  void closeKillsTheWholeTree() {
    ChildProcess child = ChildProcess.start(shell("sleep 600 & sleep 600"));
    ProcessHandle handle = ProcessHandle.of(child.pid()).orElseThrow();
    await().until(() -> handle.descendants().count() == 2);
    List<ProcessHandle> below = handle.descendants().toList();
    child.close();
    assertThat(child.isAlive()).isFalse();
    await().untilAsserted(() -> assertThat(below).noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void outlivesTheThreadThatAskedForIt() throws Exception {
    var started = new java.util.concurrent.CompletableFuture<ChildProcess>();
    Thread asker =
        Thread.ofPlatform()
            .start(() -> started.complete(ChildProcess.start(shell("read x; exit 0"))));
    asker.join();
    try (ChildProcess child = started.get()) {
      child.closeStdin();
      assertThat(child.awaitExit()).isNotEqualTo(137);
    }
  }

  @Test
  void namesAMissingTool() {
    assertThatThrownBy(() -> ChildProcess.output(ChildCommand.of(Path.of("/no/such")), 10, SAY))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("/no/such");
  }
}
