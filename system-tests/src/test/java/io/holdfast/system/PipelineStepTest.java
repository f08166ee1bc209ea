package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.postgres.PostgresCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The README's two calls, run by a shell as written: the step's exit status is the truth. */
class PipelineStepTest {
  private static final String LOGICAL = "LOGICAL";
  private static final Pattern BLOCK = Pattern.compile("```sh\\n(job=.*?)```", Pattern.DOTALL);

  @Test
  void exitsZeroWhenTheBackupExists() throws Exception {
    Fleet fleet = Fleet.shared();
    try (PostgresCluster cluster = fleet.startCluster(0)) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      assertThat(begin(fleet, name, "PHYSICAL").waitFor()).isZero();
    }
  }

  @Test
  void exitsNonZeroWhenItFails() throws Exception {
    Fleet fleet = Fleet.shared();
    try (PostgresCluster cluster = fleet.startCluster(0)) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      cluster.primary().kill();
      assertThat(begin(fleet, name, LOGICAL).waitFor()).isNotZero();
    }
  }

  @Test
  void exitsNonZeroWhenItIsCancelled() throws Exception {
    Fleet fleet = Fleet.shared();
    try (PostgresCluster cluster = fleet.startCluster(0);
        Connection lock = lock(fleet, cluster)) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      Process step = begin(fleet, name, LOGICAL);
      fleet.api().post("/jobs/" + fleet.awaitRunningJob(name) + "/cancellations", "{}");
      assertThat(step.waitFor()).isNotZero();
      assertThat(lock.isValid(1)).as("the dump has waited all the time").isTrue();
    }
  }

  @Test
  @Tag("slow")
  void exitsNonZeroWhenItsWorkerIsKilledForGood() throws Exception {
    try (Fleet fleet = Fleet.own(1);
        PostgresCluster cluster = fleet.startCluster(0);
        Connection lock = lock(fleet, cluster)) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      Process step = begin(fleet, name, LOGICAL);
      fleet.awaitRunningJob(name);
      fleet.stack().killWorker(0);
      assertThat(step.waitFor()).isNotZero();
      assertThat(lock.isValid(1)).as("the dump has waited all the time").isTrue();
    }
  }

  /** A lock that pg_dump waits for until the connection is closed. */
  private static Connection lock(Fleet fleet, PostgresCluster cluster) throws Exception {
    cluster.primary().execute("CREATE TABLE held (v int)");
    Connection holder = fleet.superuser(cluster).connect("postgres");
    holder.setAutoCommit(false);
    holder.createStatement().execute("LOCK TABLE held");
    return holder;
  }

  /** The step as the README has it, but for the cluster and the method of the backup. */
  private static Process begin(Fleet fleet, String cluster, String method) throws Exception {
    Matcher block =
        BLOCK.matcher(Files.readString(Path.of(System.getProperty("holdfast.home"), "README.md")));
    assertThat(block.find()).as("README.md shows the step").isTrue();
    String step =
        block
            .group(1)
            .replace("clusters/orders/", "clusters/" + cluster + "/")
            .replace("PHYSICAL", method);
    ProcessBuilder shell = new ProcessBuilder(List.of("bash", "-euo", "pipefail", "-c", step));
    shell.environment().put("HOLDFAST", fleet.stack().apiUrl().toString());
    shell.environment().put("HOLDFAST_KEY", fleet.stack().adminKey());
    shell.environment().put("CI_JOB_ID", "ci-" + System.nanoTime());
    return shell.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }
}
