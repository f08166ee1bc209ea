package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.demo.RestCalls.Answer;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import io.holdfast.system.Ledger.Commit;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Copies of a cluster that a test asks for over REST, looks into and throws away. */
record Recoveries(Fleet fleet, PostgresCluster source) {

  /** Where a copy would be put that nobody has asked for before. */
  Path fresh() {
    return fleet.restoreRoot().resolve("copy-" + UUID.randomUUID()).resolve("data");
  }

  /**
   * Asks, and returns the id of the job.
   *
   * @param recovery JSON members of {@code recovery} such as {@code "type":"LATEST"}
   */
  String begin(String backup, String recovery, Path directory) {
    return fleet.start("/restores", request(backup, recovery, directory));
  }

  /** Asks for what the API refuses. */
  JsonNode refused(String backup, String recovery, Path directory) {
    Answer answer = fleet.api().call("POST", "/restores", request(backup, recovery, directory));
    assertThat(answer.status()).as(answer.text()).isEqualTo(422);
    return answer.body();
  }

  private static String request(String backup, String recovery, Path directory) {
    return "{\"backupId\":\""
        + backup
        + "\",\"physical\":{\"directory\":\""
        + directory
        + "\",\"check\":false,\"recovery\":{"
        + recovery
        + "}}}";
  }

  /** The first column of the first row, asked of a copy that must come up. */
  String ask(String backup, String recovery, String sql) {
    Path directory = recovered(backup, recovery);
    try (PostgresServer copy = fleet.openRestored(directory, source)) {
      return copy.queryText(sql);
    } finally {
      Folders.delete(directory.getParent());
    }
  }

  private Path recovered(String backup, String recovery) {
    Path directory = fresh();
    JsonNode ended = fleet.finish(begin(backup, recovery, directory));
    assertThat(ended.path("state").asText()).as("%s: %s", recovery, ended).isEqualTo("SUCCEEDED");
    return directory;
  }

  /** The transfers of a {@link Ledger} in a copy, whose books balance. */
  Set<Integer> transfers(String backup, String recovery) throws Exception {
    Path directory = recovered(backup, recovery);
    try (PostgresServer copy = fleet.openRestored(directory, source)) {
      assertThat(copy.queryText("select pg_is_in_recovery()")).isEqualTo("f");
      assertThat(copy.queryText("show archive_mode")).isEqualTo("off");
      return new HashSet<>(Ledger.transfersIn(Databases.of(copy)));
    } finally {
      Folders.delete(directory.getParent());
    }
  }

  /** Every commit that was acknowledged. */
  void assertHoldsAll(String backup, String recovery, List<Commit> commits) throws Exception {
    Set<Integer> there = transfers(backup, recovery);
    assertThat(commits.stream().filter(c -> !there.contains(c.id()))).as("missing").isEmpty();
  }

  /** Every commit that was acknowledged before the moment, and none that was asked for after it. */
  void assertHoldsUntil(String backup, Instant moment, List<Commit> commits) throws Exception {
    Set<Integer> there = transfers(backup, "\"type\":\"TIME\",\"time\":\"" + moment + "\"");
    // By the set and not by comparing lists: there are hundreds of thousands.
    assertThat(commits.stream().filter(c -> c.after().isBefore(moment) && !there.contains(c.id())))
        .as("missing")
        .isEmpty();
    assertThat(commits.stream().filter(c -> c.before().isAfter(moment) && there.contains(c.id())))
        .as("from later")
        .isEmpty();
  }
}
