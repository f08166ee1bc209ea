package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.Stack;
import io.holdfast.embedded.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * The WAL of one cluster: as it lies in the repository, read with standard tools, and as the API
 * shows it.
 */
final class ArchivedWal {
  private static final Duration SOON = Duration.ofSeconds(90);

  private final Fleet fleet;
  private final String cluster;
  private final Path folder;

  private ArchivedWal(Fleet fleet, String cluster, Path repository) {
    this.fleet = fleet;
    this.cluster = cluster;
    this.folder = repository.resolve("clusters/" + cluster + "/wal");
  }

  /** In {@link Fleet#filesystemRepository}. */
  static ArchivedWal inFiles(Fleet fleet, String cluster) {
    return new ArchivedWal(fleet, cluster, fleet.stack().repositoriesRoot().resolve("files"));
  }

  /** In the stack's bucket, whichever endpoint it is reached at. */
  static ArchivedWal inStore(Fleet fleet, String cluster) {
    return new ArchivedWal(fleet, cluster, fleet.stack().s3().folderOf(Stack.BUCKET));
  }

  /** Whole segments by their names. */
  SortedMap<String, Path> segments() {
    return named("[0-9A-F]{24}\\.zst");
  }

  /** By the beginnings of their names; what another content holds the name of is not there. */
  SortedMap<String, Path> named(String pattern) {
    SortedMap<String, Path> found = new TreeMap<>();
    for (Path file : files()) {
      String name = file.getFileName().toString();
      if (name.matches(pattern) && !file.getParent().endsWith("conflicts")) {
        found.put(name.substring(0, name.indexOf('.')), file);
      }
    }
    return found;
  }

  /** What came under a name that other content holds. */
  List<Path> conflicts() {
    return files().stream().filter(file -> file.getParent().endsWith("conflicts")).toList();
  }

  private List<Path> files() {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (UncheckedIOException | IOException changing) {
      // A folder or a hidden file that went while it was walked.
      return files();
    }
  }

  boolean has(String segment) {
    return segments().containsKey(segment);
  }

  /**
   * Holds what is stored against the server's own files, from the first that is stored on. The
   * server must have kept them, as with {@code wal_keep_size}.
   *
   * @param last the last segment that must be there
   */
  void assertHoldsAll(PostgresServer server, String last) throws Exception {
    SortedMap<String, Path> stored = segments();
    assertThat(stored).containsKey(last);
    String timeline = last.substring(0, 8);
    List<String> compared = new ArrayList<>();
    try (Stream<Path> own = Files.list(server.data().resolve("pg_wal"))) {
      for (Path file : own.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.matches(timeline + "[0-9A-F]{16}")
            && name.compareTo(stored.firstKey()) >= 0
            && name.compareTo(last) <= 0) {
          assertThat(stored).containsKey(name);
          assertSame(stored.get(name), file);
          compared.add(name);
        }
      }
    }
    assertThat(compared)
        .as("what the server has kept")
        .contains(last)
        .containsAll(
            stored.keySet().stream()
                .filter(name -> name.startsWith(timeline) && name.compareTo(last) <= 0)
                .toList());
  }

  private static void assertSame(Path stored, Path file) throws Exception {
    Process comparison =
        new ProcessBuilder(
                "bash",
                "-c",
                "set -o pipefail; zstd -qdc -- \"$1\" | cmp - \"$2\" 2>&1",
                "compare",
                stored.toString(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(comparison.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(comparison.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(comparison.exitValue()).as("%s against %s: %s", stored, file, said).isZero();
  }

  JsonNode windows() {
    return fleet.api().get("/clusters/" + cluster + "/recovery-windows");
  }

  /** Waits until the API shows what the assertions say. */
  void awaitShown(Consumer<JsonNode> assertions) {
    Awaitility.await()
        .atMost(SOON)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertions.accept(windows()));
  }

  /** Waits until the API shows an archive without a hole on each of so many timelines. */
  void awaitWhole(int timelines) {
    awaitShown(
        shown -> {
          assertThat(shown.path("gaps")).isEmpty();
          assertThat(shown.path("timelines")).hasSize(timelines);
          assertThat(shown.path("timelines"))
              .allSatisfy(timeline -> assertThat(timeline.path("ranges")).hasSize(1));
        });
  }

  /**
   * Waits until the newest window is known to hold a moment. Where the server was is known by being
   * looked at, and that it is archived by what is written behind it.
   */
  void awaitReaches(PostgresServer primary, Instant moment) {
    Awaitility.await()
        .atMost(SOON)
        .pollInterval(Duration.ofSeconds(2))
        .untilAsserted(
            () -> {
              Archivers.awaitArchived(primary, Archivers.endSegment(primary));
              assertThat(toTime(windows().path("windows").path(0))).isAfter(moment);
            });
  }

  /** Up to when a window is known to reach, which must be known. */
  static Instant toTime(JsonNode window) {
    assertThat(window.hasNonNull("toTime")).as(window.toString()).isTrue();
    return Instant.parse(window.path("toTime").asText());
  }

  /** Types of the cluster's events, or the codes of what was refused, oldest first. */
  List<String> events() {
    List<String> types = new ArrayList<>();
    for (JsonNode event :
        fleet.api().get("/clusters/" + cluster + "/events?limit=100").path("items")) {
      types.addFirst(
          event.path("type").asText().equals("WAL_REFUSED")
              ? event.path("code").asText()
              : event.path("type").asText());
    }
    return types;
  }

  void awaitEvent(String type) {
    Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(events()).contains(type));
  }
}
