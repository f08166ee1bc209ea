package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.demo.RestCalls;
import io.holdfast.embedded.StackMain;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * The README's three steps for a cluster that one has already, followed as they are written; then
 * {@code down} and {@code up}, which lose nothing.
 */
class ReadmeStepsTest {
  private static final Pattern BLOCK =
      Pattern.compile("^ {3}```(yaml|sh)\\n(.*?)^ {3}```$", Pattern.DOTALL | Pattern.MULTILINE);

  private final Path state = Folders.temporary("readme").resolve("state");

  @Test
  void theStepsBackUpAClusterAndDownAndUpLoseNothing() throws Exception {
    try (PostgresCluster cluster =
        PostgresCluster.in(Folders.temporary("mine")).standbys(1).start()) {
      cluster.primary().execute("CREATE TABLE mine AS SELECT generate_series(1, 1000) AS v");
      List<String> steps = steps(cluster);
      assertThat(steps).hasSize(3);

      String job;
      Process stack = up();
      try {
        Path credentials = Path.of(said("credentials file +(.+)"));
        Files.writeString(
            credentials, Files.readString(credentials).replace("databases: {}\n", steps.get(0)));
        shell(steps.get(1));
        job = shell(steps.get(2)).replaceFirst("(?s).*?\"id\":\"([0-9a-f-]+)\".*", "$1");
        assertThat(api().get("/jobs/" + job).path("state").asText()).isEqualTo("SUCCEEDED");
      } finally {
        down(stack);
      }

      String url = said("API +(.+)/api/v1");
      Files.delete(state.resolve("ready.txt"));
      stack = up();
      try {
        assertThat(said("API +(.+)/api/v1")).isEqualTo(url);
        RestCalls api = api();
        assertThat(api.get("/jobs?cluster=orders").toString()).contains(job);
        String backup = api.get("/jobs/" + job).path("result").path("backupId").asText();
        assertThat(api.get("/backups?cluster=orders").toString()).contains(backup);
        String again = shell(steps.get(2));
        assertThat(again).contains("SUCCEEDED");
        assertThat(
                api.post(
                        "/backups/" + backup + "/verifications?wait=50", "{\"level\":\"CHECKSUM\"}")
                    .path("state")
                    .asText())
            .isEqualTo("SUCCEEDED");
      } finally {
        down(stack);
      }
    }
  }

  /** The blocks of the section, with the reader's own addresses and password. */
  private static List<String> steps(PostgresCluster cluster) throws Exception {
    String readme = Files.readString(Path.of(System.getProperty("holdfast.home"), "README.md"));
    String section =
        readme.substring(readme.indexOf("## Back up a cluster you already have")).split("\n## ")[0];
    PostgresServer first = cluster.primary();
    PostgresServer second = cluster.standby(0);
    List<String> steps = new ArrayList<>();
    Matcher block = BLOCK.matcher(section);
    while (block.find()) {
      steps.add(
          block
              .group(2)
              .replaceAll("(?m)^ {3}", "")
              .replace("10.0.0.1:5432", first.endpoint())
              .replace("10.0.0.2:5432", second.endpoint())
              .replace(
                  "\"host\":\"10.0.0.1\",\"port\":5432",
                  "\"host\":\"" + first.host() + "\",\"port\":" + first.port())
              .replace(
                  "\"host\":\"10.0.0.2\",\"port\":5432",
                  "\"host\":\"" + second.host() + "\",\"port\":" + second.port())
              .replace("username: holdfast", "username: " + cluster.backupLogin().username())
              .replace("…", cluster.backupLogin().password()));
    }
    return steps;
  }

  /** What {@code ./dev up} starts; answers when it is ready. */
  private Process up() throws Exception {
    Files.createDirectories(state);
    Process stack =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx768m",
                "-Dholdfast.home=" + System.getProperty("holdfast.home"),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                StackMain.class.getName(),
                "up",
                state.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(state.resolve("stack.log").toFile()))
            .start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(120))
        .failFast(
            () -> assertThat(stack.isAlive()).as(state.resolve("stack.log").toString()).isTrue())
        .until(() -> Files.exists(state.resolve("ready.txt")));
    return stack;
  }

  /** What {@code ./dev down} does. */
  private static void down(Process stack) throws Exception {
    stack.destroy();
    assertThat(stack.waitFor(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
  }

  private String said(String pattern) throws Exception {
    Matcher found = Pattern.compile(pattern).matcher(Files.readString(state.resolve("ready.txt")));
    assertThat(found.find()).isTrue();
    return found.group(1).strip();
  }

  private RestCalls api() throws Exception {
    return new RestCalls(URI.create(said("API +(.+)/api/v1")), said("admin key +(.+)"));
  }

  /** Runs a step after the line of exports that {@code ./dev up} prints. */
  private String shell(String step) throws Exception {
    String exports = said("(export HOLDFAST=.*)");
    Process shell =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", exports + "\n" + step)
            .redirectErrorStream(true)
            .start();
    String output =
        new String(shell.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(output).isZero();
    return output;
  }
}
