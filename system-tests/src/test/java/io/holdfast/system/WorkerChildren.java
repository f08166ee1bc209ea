package io.holdfast.system;

import io.holdfast.embedded.Stack;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** Programs that the workers of a stack have started. */
record WorkerChildren(Stack stack) {

  /** Kills one by its program's name; false when there is none. */
  boolean kill(int worker, String program) {
    return of(worker, program).stream()
        .findFirst()
        .map(ProcessHandle::destroyForcibly)
        .orElse(false);
  }

  private List<ProcessHandle> of(int worker, String program) {
    return stack
        .workerProcess(worker)
        .descendants()
        .filter(child -> child.info().command().orElse("").endsWith("/" + program))
        .toList();
  }

  /** Waits until neither of two workers has one of that program. */
  void awaitNone(String program) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> of(0, program).isEmpty() && of(1, program).isEmpty());
  }
}
