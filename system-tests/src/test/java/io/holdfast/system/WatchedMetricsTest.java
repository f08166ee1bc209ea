package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What rules and dashboards look at is what running services show. */
class WatchedMetricsTest {
  private static final Path OPERATIONS = Path.of("..", "docs", "operations");
  private static final Pattern METRIC = Pattern.compile("\\b(?:holdfast|backup)_[a-z_]+");
  private static final List<String> FILES =
      List.of("alerts/holdfast.rules.yaml", "dashboards/fleet.json", "dashboards/cluster.json");

  private final Fleet fleet = Fleet.shared();

  @Test
  void areShownByTheApiOrByAWorker() throws IOException {
    Set<String> watched = new TreeSet<>();
    for (String file : FILES) {
      Matcher metric = METRIC.matcher(Files.readString(OPERATIONS.resolve(file)));
      while (metric.find()) {
        watched.add(metric.group());
      }
    }
    assertThat(watched).hasSizeGreaterThan(30);

    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(() -> assertThat(shown()).containsAll(watched));
  }

  @Test
  void sayHowMuchRoomTheDisksOfRepositoriesHave() {
    String root = "path=\"" + fleet.stack().repositoriesRoot() + "\"";

    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(
            () ->
                assertThat(
                        ScrapedState.of(
                                URI.create(fleet.stack().workerManagementUrl(0) + "/metrics"))
                            .samples())
                    .anySatisfy(
                        sample -> {
                          assertThat(sample.name()).isEqualTo("holdfast_worker_disk_free_bytes");
                          assertThat(sample.labels()).contains("use=\"REPOSITORY\"", root);
                          assertThat(sample.value()).isPositive();
                        }));
  }

  private Set<String> shown() {
    Set<String> shown = new TreeSet<>();
    for (URI service :
        List.of(fleet.stack().apiManagementUrl(0), fleet.stack().workerManagementUrl(0))) {
      shown.addAll(ScrapedState.of(URI.create(service + "/metrics")).types());
    }
    return shown;
  }
}
