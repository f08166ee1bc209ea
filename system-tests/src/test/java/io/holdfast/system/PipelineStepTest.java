package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.postgres.PostgresCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README's two calls, run by a shell as written: the step's exit status is the truth. */
class PipelineStepTest {
  private static final Pattern BLOCK = Pattern.compile("```sh\\n(job=.*?)```", Pattern.DOTALL);

  @Test
  void exitsZeroWhenTheBackupExists() throws Exception {
    Fleet fleet = Fleet.shared();
    try (PostgresCluster cluster = fleet.startCluster(0)) {
      fleet.declareAs("orders", cluster, fleet.filesystemRepository());
      assertThat(step(fleet)).isZero();
      fleet.undeclare("orders");
    }
  }

  @Test
  void exitsNonZeroWhenItFailsIsCancelledOrItsWorkerIsKilledForGood() throws Exception {
    try (Fleet fleet = Fleet.own(1)) {
      PostgresCluster cluster = fleet.startCluster(0);
      fleet.declareAs("orders", cluster, fleet.filesystemRepository());
      fleet.fillMegabytes(cluster, 80);
      fleet.rateLimitEveryBackup(cluster);

      Process cancelled = begin(fleet);
      String first = fleet.awaitRunningJob();
      fleet.api().post("/jobs/" + first + "/cancellations", "{}");
      assertThat(cancelled.waitFor()).isNotZero();

      Process lost = begin(fleet);
      fleet.awaitRunningJob();
      fleet.stack().killWorker(0);
      assertThat(lost.waitFor()).isNotZero();

      cluster.close();
      fleet.stack().restartWorker(0);
      assertThat(step(fleet)).isNotZero();
    }
  }

  private static int step(Fleet fleet) throws Exception {
    return begin(fleet).waitFor();
  }

  private static Process begin(Fleet fleet) throws Exception {
    Matcher block =
        BLOCK.matcher(Files.readString(Path.of(System.getProperty("holdfast.home"), "README.md")));
    assertThat(block.find()).as("README.md shows the step").isTrue();
    ProcessBuilder shell =
        new ProcessBuilder(List.of("bash", "-euo", "pipefail", "-c", block.group(1)));
    shell.environment().put("HOLDFAST", fleet.stack().apiUrl().toString());
    shell.environment().put("HOLDFAST_KEY", fleet.stack().adminKey());
    shell.environment().put("CI_JOB_ID", "ci-" + System.nanoTime());
    return shell.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }
}
