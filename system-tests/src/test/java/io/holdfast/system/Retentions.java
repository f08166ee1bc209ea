package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.demo.RestCalls.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What tests do about the retention of one cluster. */
record Retentions(Fleet fleet, String cluster) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The least that can be kept, and no grace. */
  static final String LITTLE =
      "{\"daily\":1,\"weekly\":0,\"monthly\":0,\"minimumFulls\":1,\"grace\":\"PT0S\","
          + "\"maxDeleteShare\":1}";

  /** Declares the cluster again, as it is but for its retention. */
  void declare(String retention) {
    declare("retention", retention);
  }

  /** As many at once as a test lets hang, and those that it wants to end beside them. */
  void declareMaxRunningJobs(int jobs) {
    declare("maxRunningJobs", Integer.toString(jobs));
  }

  private void declare(String member, String json) {
    try {
      ObjectNode body = (ObjectNode) fleet.api().get("/clusters/" + cluster);
      body.remove(List.of("name", "version", "createdAt", "updatedAt", "updatedBy", "labels"));
      body.remove("systemIdentifier");
      body.set(member, JSON.readTree(json));
      Answer answer =
          fleet.api().call("PUT", "/clusters/" + cluster, body.toString(), "If-Match", "*");
      assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ids of the backups that would go. */
  List<String> expiring() {
    List<String> ids = new ArrayList<>();
    for (JsonNode decision : plan().path("backups")) {
      assertThat(decision.path("reasons")).as(decision.toString()).isNotEmpty();
      if (decision.path("action").asText().equals("EXPIRE")) {
        ids.add(decision.path("backupId").asText());
      }
    }
    return ids;
  }

  JsonNode plan() {
    return fleet.api().get("/clusters/" + cluster + "/retention-plan");
  }

  /** An expiration that must succeed; its result. */
  JsonNode expire() {
    JsonNode job = fleet.finish(fleet.start("/clusters/" + cluster + "/expirations", "{}"));
    assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("SUCCEEDED");
    return job.path("result").path("expired");
  }

  Answer delete(String backup, String query) {
    return fleet.api().call("DELETE", "/backups/" + backup + query, null);
  }

  /** Has the catalog believe that a backup is older, and so the WAL before it. */
  void age(String backup, int days) {
    fleet
        .stack()
        .catalog()
        .executeIn(
            "holdfast",
            "update backup set finished_at = finished_at - interval '"
                + days
                + " days' where id = '"
                + backup
                + "'");
  }

  /** What lies in a backup's folder, by name. */
  static List<String> objects(Path repository, String cluster, String backup) {
    Path folder = repository.resolve("clusters/" + cluster + "/backups/" + backup);
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
