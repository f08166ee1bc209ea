package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.demo.RestCalls.Answer;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.system.Collector.Recorded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One trace from the request to the manifest and back, and the lines of logs that belong to it. */
@Tag("slow")
class TracingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void leadsFromTheRequestThroughKafkaToThePhasesOfTheWorkerAndBackByEvents() throws IOException {
    try (Collector collector = new Collector();
        Fleet fleet = traced(collector);
        PostgresCluster cluster = fleet.startCluster(0)) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      Answer asked =
          fleet
              .api()
              .call(
                  "POST",
                  "/clusters/" + name + "/backups",
                  "{\"method\":\"LOGICAL\"}",
                  "traceparent",
                  "00-" + TRACE + "-" + CALLER + "-01");
      String id = asked.body().path("id").asText();
      JsonNode job = fleet.finish(id);
      assertThat(job.path("state").asText()).isEqualTo("SUCCEEDED");
      assertThat(job.path("traceId").asText()).isEqualTo(TRACE);
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  collector.trace(TRACE).stream()
                      .map(Recorded::name)
                      .toList()
                      .containsAll(List.of("record Succeeded", "run Backup")));

      Recorded recorded = span(collector, "record Succeeded");
      Recorded run = span(collector, "run Backup");
      Recorded sent = span(collector, "send holdfast.commands.default");
      Recorded submitted = span(collector, "submit BACKUP");
      Recorded request = span(collector, "POST /api/v1/clusters/{name}/backups");
      assertThat(recorded.parentId()).isEqualTo(run.id());
      assertThat(run.parentId()).isEqualTo(sent.id());
      assertThat(sent.parentId()).isEqualTo(submitted.id());
      assertThat(submitted.parentId()).isEqualTo(request.id());
      assertThat(request.parentId()).isEqualTo(CALLER);
      assertThat(List.of(recorded, sent, submitted, request))
          .allSatisfy(span -> assertThat(span.service()).isEqualTo("holdfast-api"));
      assertThat(run.service()).isEqualTo("holdfast-worker");
      assertThat(run.attributes())
          .containsEntry("jobId", id)
          .containsEntry("cluster", name)
          .containsEntry("attempt", "1")
          .containsKey("repository")
          .containsKey("node");
      assertThat(collector.trace(TRACE))
          .filteredOn(span -> span.parentId().equals(run.id()))
          .extracting(Recorded::name)
          .as("the phases that the job went through")
          .contains("SELECTING", "DUMPING globals", "COMMITTING");

      assertThat(lines(fleet.stack().workerLog(0)))
          .filteredOn(line -> line.path("mdc").path("jobId").asText().equals(id))
          .isNotEmpty()
          .allSatisfy(
              line -> {
                assertThat(line.path("mdc").path("traceId").asText()).isEqualTo(TRACE);
                assertThat(line.path("mdc").path("cluster").asText()).isEqualTo(name);
                assertThat(line.path("mdc").path("attempt").asText()).isEqualTo("1");
              });
      assertThat(lines(fleet.stack().apiLog(0)))
          .filteredOn(line -> line.path("message").asText().equals("job succeeded"))
          .filteredOn(line -> line.path("mdc").path("jobId").asText().equals(id))
          .hasSize(1)
          .allSatisfy(
              line -> {
                assertThat(line.path("mdc").path("traceId").asText()).isEqualTo(TRACE);
                assertThat(line.path("mdc").path("cluster").asText()).isEqualTo(name);
              });
      assertThat(
              fleet
                  .api()
                  .call(
                      "GET",
                      "/jobs/none",
                      null,
                      "traceparent",
                      "00-" + TRACE + "-" + CALLER + "-01")
                  .body()
                  .path("traceId")
                  .asText())
          .isEqualTo(TRACE);
    }
  }

  private static Fleet traced(Collector collector) {
    String endpoint = "-Dholdfast.tracing.endpoint=" + collector.url();
    String soon = "-Dquarkus.otel.bsp.schedule.delay=200ms";
    return Fleet.own(
        stack ->
            stack
                .workers(1)
                .apiJvmOptions("-Xmx384m", endpoint, soon)
                .workerJvmOptions("-Xmx256m", "-XX:+UseSerialGC", endpoint, soon));
  }

  private static Recorded span(Collector collector, String name) {
    List<Recorded> named =
        collector.trace(TRACE).stream().filter(span -> span.name().equals(name)).toList();
    assertThat(named)
        .as("%s among %s", name, collector.trace(TRACE).stream().map(Recorded::name).toList())
        .hasSize(1);
    return named.getFirst();
  }

  /** Every line must be JSON: what is not would be lost on whoever collects them. */
  private static List<JsonNode> lines(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(line -> line.startsWith("{")).map(TracingTest::json).toList();
    }
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + line, e);
    }
  }
}
