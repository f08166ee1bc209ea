package io.holdfast.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.Stack;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.SortedMap;

/** The main job, start to end. Every step is one REST call that a reader could type. */
public final class Demo implements AutoCloseable {
  private final PrintStream out = System.out;
  private final Instant begun = Instant.now();
  private final DemoStage stage;
  private final RestCalls api;

  private Demo(DemoStage stage) {
    this.stage = stage;
    this.api = new RestCalls(stage.stack().apiUrl(), stage.stack().adminKey());
  }

  public static void main(String[] args) {
    int status = 0;
    System.out.println(
        "Starting Kafka, S3, PostgreSQL (a primary and two standbys), API, worker ...");
    try (DemoStage stage = DemoStage.set();
        Demo demo = new Demo(stage)) {
      demo.run();
    } catch (Exception e) {
      System.out.println("\nFAILED  " + e.getMessage());
      status = 1;
    }
    System.exit(status);
  }

  private void run() throws Exception {
    PostgresCluster cluster = stage.cluster();
    PostgresServer primary = cluster.primary();
    title("A cluster with 405,000 rows; one standby has fallen behind");
    DemoData.fill(primary);
    cluster.awaitAllCaughtUp();
    cluster.pauseReplay(0);
    DemoData.writeMegabytes(primary, 3);
    cluster.awaitCaughtUp(1);
    SortedMap<String, String> before = DemoData.fingerprint(primary);
    before.forEach((table, content) -> out.println("      " + table + ": " + content));

    title("Declare an S3 repository and the cluster");
    call("PUT", "/repositories/demo-s3", stage.repositoryJson());
    call("PUT", "/clusters/demo", stage.clusterJson("demo-s3", Stack.DEMO_REFERENCE));
    job("POST", "/clusters/demo/checks", "{}").path("result").path("findings").forEach(this::print);

    title("Back up the whole cluster, from a standby that can spare it");
    JsonNode physical = job("POST", "/clusters/demo/backups", "{\"method\":\"PHYSICAL\"}");
    printBackup(physical);
    title("Back up every database as a dump");
    JsonNode logical = job("POST", "/clusters/demo/backups", "{\"method\":\"LOGICAL\"}");
    printBackup(logical);

    title("Prove both: restore them into throw-away servers and compare");
    for (JsonNode backup : new JsonNode[] {physical, logical}) {
      job(
              "POST",
              "/backups/" + backup.path("result").path("backupId").asText() + "/verifications",
              "{\"level\":\"RESTORE\"}")
          .path("result")
          .path("findings")
          .forEach(this::print);
    }

    title("Somebody drops a table. Bring it back");
    primary.execute("DROP TABLE invoice");
    call("PUT", "/clusters/demo-restore", stage.clusterJson("demo-s3", DemoStage.OWNER));
    job(
        "POST",
        "/restores",
        "{\"backupId\":\""
            + logical.path("result").path("backupId").asText()
            + "\",\"logical\":{\"targetCluster\":\"demo-restore\",\"databases\":[\"postgres\"],"
            + "\"tables\":[\"invoice\"],\"ifNotEmpty\":\"ADD\"}}");
    mustEqual("the table", before, DemoData.fingerprint(primary));

    title("Restore the whole cluster into a new directory and start it");
    Path directory = stage.stack().restoresRoot().resolve("demo-copy/data");
    JsonNode restored =
        job(
            "POST",
            "/restores",
            "{\"latestOf\":\"demo\",\"physical\":{\"directory\":\""
                + directory
                + "\",\"check\":true}}");
    restored.path("result").path("steps").forEach(step -> out.println("      " + step.asText()));
    try (PostgresServer copy =
        PostgresServer.open(directory.getParent(), cluster.superuser()).start()) {
      mustEqual("the whole cluster", before, DemoData.fingerprint(copy));
    }
    out.printf(
        "%nAll of it is true: backed up, proven, destroyed, restored, equal. %d s.%n",
        Duration.between(begun, Instant.now()).toSeconds());
  }

  private void title(String text) {
    out.println("\n" + text);
  }

  private JsonNode call(String method, String path, String json) {
    out.println("   " + method + " /api/v1" + path + "  " + json);
    return method.equals("PUT") ? api.put(path, json) : api.post(path, json);
  }

  private JsonNode job(String method, String path, String json) {
    return new JobWatch(api, out).follow(call(method, path, json).path("id").asText());
  }

  private void print(JsonNode finding) {
    out.printf(
        "      %-8s %s%n", finding.path("outcome").asText(), finding.path("sentence").asText());
  }

  private void printBackup(JsonNode job) {
    JsonNode backup = api.get("/backups/" + job.path("result").path("backupId").asText());
    out.printf(
        "      backup %s: %s, %s stored for %s%n",
        backup.path("id").asText(),
        backup.path("state").asText(),
        JobWatch.megabytes(backup.path("storedBytes").asLong()),
        JobWatch.megabytes(backup.path("plainBytes").asLong()));
  }

  private void mustEqual(
      String what, SortedMap<String, String> before, SortedMap<String, String> after) {
    if (!before.equals(after)) {
      throw new IllegalStateException(what + " differs: " + before + " became " + after);
    }
    out.println("      " + what + " came back equal: " + after);
  }

  @Override
  public void close() {
    out.flush();
  }
}
