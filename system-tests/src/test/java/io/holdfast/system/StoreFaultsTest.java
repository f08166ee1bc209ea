package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.fault.Direction;
import io.holdfast.embedded.fault.Fault;
import io.holdfast.embedded.fault.FaultProxy;
import io.holdfast.embedded.fault.SmallDisk;
import io.holdfast.embedded.junit.RequiresSmallDisk;
import io.holdfast.embedded.postgres.PostgresCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** A store that breaks off, hangs, lies or is full (faults 1, 2 and 17). */
@TestInstance(Lifecycle.PER_CLASS)
class StoreFaultsTest {
  private static final String PHYSICAL = "{\"method\":\"PHYSICAL\"}";

  private final Fleet fleet = Fleet.shared();
  private PostgresCluster cluster;

  @BeforeAll
  void start() {
    cluster = fleet.startCluster(0);
    fleet.fillMegabytes(cluster, 40);
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @Test
  void survivesAConnectionThatIsCutMidUpload() {
    try (FaultProxy proxy = proxy()) {
      String name = declareBehind(proxy);
      proxy.set(new Fault.CutAfter(Direction.TO_SERVER, 3_000_000));

      fleet.backedUp(name, PHYSICAL);

      assertThat(proxy.fired()).isEqualTo(1);
      assertThat(fleet.backupsOf(name)).hasSize(1);
      fleet.assertAlwaysTrue(name);
    }
  }

  @Test
  void neverPublishesAByteThatWasFlippedOnItsWayToTheStore() {
    try (FaultProxy proxy = proxy()) {
      String name = declareBehind(proxy);
      proxy.set(new Fault.Flip(Direction.TO_SERVER, 3_000_000));

      JsonNode ended = fleet.finish(fleet.backup(name, PHYSICAL));

      assertThat(proxy.fired()).isEqualTo(1);
      // The store or the worker notices; then the part or the whole attempt is done again.
      assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
      assertThat(fleet.backupsOf(name)).hasSize(1);
      fleet.assertAlwaysTrue(name);
    }
  }

  @Test
  void publishesNothingWhileTheStoreHangsAndGoesOnWhenItAnswers() {
    try (FaultProxy proxy = proxy()) {
      String name = declareBehind(proxy);
      proxy.set(new Fault.StallAfter(Direction.TO_SERVER, 3_000_000));
      String job = fleet.backup(name, PHYSICAL);
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> proxy.fired() == 1);
      assertThat(fleet.backupsOf(name)).isEmpty();

      proxy.pass();
      JsonNode ended = fleet.finish(job);

      assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
      assertThat(fleet.backupsOf(name)).hasSize(1);
      fleet.assertAlwaysTrue(name);
    }
  }

  @Test
  @RequiresSmallDisk
  void leavesNothingBehindOnAFullDiskAndWorksWhenThereIsSpaceAgain() throws Exception {
    Path folder = Files.createDirectories(fleet.stack().repositoriesRoot().resolve("small-disk"));
    try (SmallDisk disk = SmallDisk.over(folder, 12)) {
      String name = fleet.declare(cluster, fleet.filesystemRepositoryAt(folder));

      JsonNode ended = fleet.finish(fleet.backup(name, PHYSICAL));

      assertThat(ended.path("state").asText()).isEqualTo("FAILED");
      assertThat(ended.path("problem").path("code").asText()).isEqualTo("NO_SPACE");
      assertThat(ended.path("problem").path("hint").asText()).isNotBlank();
      assertThat(fleet.backupsOf(name)).isEmpty();
      assertThat(objectsIn(folder)).isEmpty();

      disk.resize(200);
      fleet.backedUp(name, PHYSICAL);
      fleet.assertAlwaysTrue(name);
    }
  }

  /** What has a final name, but for the claims of attempts. */
  private static List<Path> objectsIn(Path repository) throws IOException {
    try (Stream<Path> files = Files.walk(repository)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.getParent().endsWith("claims"))
          .toList();
    }
  }

  private FaultProxy proxy() {
    return FaultProxy.to("127.0.0.1", fleet.stack().s3().port());
  }

  private String declareBehind(FaultProxy proxy) {
    return fleet.declare(cluster, fleet.s3RepositoryAt("http://" + proxy.endpoint()));
  }
}
