package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.postgres.PostgresCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files in {@code docs/examples/schedulers}, their steps run as each scheduler would run them,
 * for a schedule that is declared as {@code docs/operations/schedules.md} says. It comes due every
 * minute, so that there is a run for each of them.
 */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
class SchedulerExamplesTest {
  private static final Path EXAMPLES =
      Path.of(System.getProperty("holdfast.home"), "docs/examples/schedulers");

  @TempDir Path folder;
  private Fleet fleet;
  private PostgresCluster cluster;
  private String name;
  private String schedule;
  private int number;

  @BeforeAll
  void start() throws Exception {
    fleet = Fleet.shared();
    cluster = fleet.startCluster(0);
    name = fleet.declare(cluster, fleet.filesystemRepository());
    schedule = "/clusters/" + name + "/schedules/nightly";
    String page =
        Files.readString(EXAMPLES.resolveSibling("../operations/schedules.md").normalize());
    String declaration = page.substring(page.lastIndexOf("```sh\n") + 6, page.lastIndexOf("```"));
    Ended declared =
        run(
            "bash",
            "-euo",
            "pipefail",
            "-c",
            declaration
                .replace("clusters/orders/", "clusters/" + name + "/")
                .replace("30 2 * * *", "* * * * *"));
    assertThat(declared.status()).as(declared.output()).isZero();
    assertThat(fleet.api().get(schedule).path("external").asBoolean()).isTrue();
  }

  @AfterAll
  void stop() {
    fleet.api().call("DELETE", schedule, null, "If-Match", "*");
    cluster.close();
  }

  @Test
  void cronBacksUpAndItsRunIsCounted() throws Exception {
    String line = last(read("crontab"));
    assertThat(line).startsWith("30 2 * * *  holdfast  ");

    assertCounted(run("sh", "-c", local(line.split(" {2}", 3)[2])));
  }

  @Test
  void aSystemdTimerBacksUpAndItsRunIsCounted() throws Exception {
    String unit = read("holdfast-backup.service");
    assertThat(read("holdfast-backup.timer")).contains("OnCalendar=*-*-* 02:30:00 Europe/Berlin");

    assertCounted(
        run(
            "sh",
            "-c",
            local(
                "set -a; . "
                    + value(unit, "EnvironmentFile")
                    + "; exec "
                    + value(unit, "ExecStart"))));
  }

  @Test
  void aKubernetesCronJobBacksUpAndItsRunIsCounted() throws Exception {
    String manifest = read("kubernetes-cronjob.yaml");
    assertThat(manifest).contains("command: [sh, -euc]");

    assertCounted(run("sh", "-euc", block(manifest, "- |")));
  }

  @Test
  void gitHubActionsBacksUpAndItsRunIsCounted() throws Exception {
    String workflow = read("github-actions.yaml");
    assertThat(workflow).contains("shell: bash");

    assertCounted(
        run("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", block(workflow, "run: |")));
  }

  @Test
  void gitLabBacksUpAndItsRunIsCounted() throws Exception {
    assertCounted(run("sh", "-ec", block(read("gitlab-ci.yaml"), "- |")));
  }

  @Test
  void noneOfThemIsGreenWhenTheRequestIsRefused() throws Exception {
    List<List<String>> steps =
        List.of(
            List.of("sh", "-c", local(last(read("crontab")).split(" {2}", 3)[2])),
            List.of("sh", "-euc", block(read("kubernetes-cronjob.yaml"), "- |")),
            List.of("bash", "-eo", "pipefail", "-c", block(read("github-actions.yaml"), "run: |")),
            List.of("sh", "-ec", block(read("gitlab-ci.yaml"), "- |")));
    for (List<String> step : steps) {
      List<String> wrong =
          step.stream().map(word -> word.replace("nightly", "unknown-schedule")).toList();
      assertThat(run(wrong.toArray(String[]::new)).status()).as(step.toString()).isNotZero();
    }
  }

  private record Ended(int status, String output) {}

  private Ended run(String... command) throws IOException, InterruptedException {
    ProcessBuilder shell = new ProcessBuilder(command).redirectErrorStream(true);
    String id = "run-" + ++number;
    shell.environment().put("HOLDFAST", fleet.stack().apiUrl().toString());
    shell.environment().put("HOLDFAST_KEY", fleet.stack().adminKey());
    for (String ofTheScheduler :
        List.of("RUN", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "CI_JOB_ID")) {
      shell.environment().put(ofTheScheduler, id);
    }
    Process process = shell.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  private void assertCounted(Ended ended) {
    assertThat(ended.status()).as(ended.output()).isZero();
    Matcher job = Pattern.compile("\"id\":\"([0-9a-f-]+)\"").matcher(ended.output());
    assertThat(job.find()).as(ended.output()).isTrue();
    List<String> counted = new ArrayList<>();
    for (JsonNode run : fleet.api().get(schedule + "/runs?outcome=JOB").path("items")) {
      counted.add(run.path("jobId").asText());
      assertThat(run.path("jobState").asText()).isEqualTo("SUCCEEDED");
    }
    assertThat(counted).contains(job.group(1));
  }

  /** With files of this test in place of those below /etc and /usr/local. */
  private String local(String command) throws IOException {
    Path environment = folder.resolve("scheduler.env");
    Files.writeString(
        environment,
        "HOLDFAST=" + fleet.stack().apiUrl() + "\nHOLDFAST_KEY=" + fleet.stack().adminKey() + "\n");
    return command
        .replace("/etc/holdfast/scheduler.env", environment.toString())
        .replace("/usr/local/bin", EXAMPLES.toString());
  }

  /** As it is there, but for the cluster. */
  private String read(String file) throws IOException {
    return Files.readString(EXAMPLES.resolve(file))
        .replace("clusters/orders/", "clusters/" + name + "/")
        .replace("holdfast-backup orders ", "holdfast-backup " + name + " ");
  }

  private static String last(String text) {
    return text.lines().toList().getLast();
  }

  private static String value(String unit, String key) {
    return unit.lines()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  /** The block scalar behind that mark, without its indentation, as a YAML parser gives it. */
  private static String block(String yaml, String mark) {
    List<String> lines = yaml.lines().toList();
    int begin = 0;
    while (!lines.get(begin).strip().equals(mark)) {
      begin++;
    }
    int indentation = indentation(lines.get(begin + 1));
    StringBuilder text = new StringBuilder();
    for (String line : lines.subList(begin + 1, lines.size())) {
      if (indentation(line) < indentation) {
        break;
      }
      text.append(line.substring(indentation)).append('\n');
    }
    return text.toString();
  }

  private static int indentation(String line) {
    return line.length() - line.stripLeading().length();
  }
}
