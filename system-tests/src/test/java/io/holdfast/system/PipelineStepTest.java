package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.postgres.PostgresCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README's two calls, run by a shell as written: the step's exit status is the truth. */
class PipelineStepTest {
  private static final String LOGICAL = "LOGICAL";
  private static final Pattern BLOCK = Pattern.compile("```sh\\n(job=.*?)```", Pattern.DOTALL);

  @Test
  void exitsZeroWhenTheBackupExists() throws Exception {
    Fleet fleet = Fleet.shared();
    try (PostgresCluster cluster = fleet.startCluster(0)) {
      fleet.declareAs("orders", cluster, fleet.filesystemRepository());
      assertThat(begin(fleet, "PHYSICAL").waitFor()).isZero();
    }
  }

  @Test
  void exitsNonZeroWhenItFailsIsCancelledOrItsWorkerIsKilledForGood() throws Exception {
    try (Fleet fleet = Fleet.own(1);
        PostgresCluster cluster = fleet.startCluster(0)) {
      fleet.declareAs("orders", cluster, fleet.filesystemRepository());
      cluster.primary().execute("CREATE TABLE held (v int)");

      try (Connection holder = fleet.superuser(cluster).connect("postgres")) {
        // pg_dump waits for this lock, so that the job runs as long as the test needs it to.
        holder.setAutoCommit(false);
        holder.createStatement().execute("LOCK TABLE held");
        Process cancelled = begin(fleet, LOGICAL);
        String first = fleet.awaitRunningJob("orders");
        fleet.api().post("/jobs/" + first + "/cancellations", "{}");
        assertThat(cancelled.waitFor()).isNotZero();

        Process lost = begin(fleet, LOGICAL);
        fleet.awaitRunningJob("orders");
        fleet.stack().killWorker(0);
        assertThat(lost.waitFor()).isNotZero();
      }

      cluster.primary().kill();
      fleet.stack().restartWorker(0);
      assertThat(begin(fleet, LOGICAL).waitFor()).isNotZero();
    }
  }

  /** The step as the README has it, but for the method of the backup. */
  private static Process begin(Fleet fleet, String method) throws Exception {
    Matcher block =
        BLOCK.matcher(Files.readString(Path.of(System.getProperty("holdfast.home"), "README.md")));
    assertThat(block.find()).as("README.md shows the step").isTrue();
    ProcessBuilder shell =
        new ProcessBuilder(
            List.of("bash", "-euo", "pipefail", "-c", block.group(1).replace("PHYSICAL", method)));
    shell.environment().put("HOLDFAST", fleet.stack().apiUrl().toString());
    shell.environment().put("HOLDFAST_KEY", fleet.stack().adminKey());
    shell.environment().put("CI_JOB_ID", "ci-" + System.nanoTime());
    return shell.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }
}
