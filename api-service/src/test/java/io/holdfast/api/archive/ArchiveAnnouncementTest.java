package io.holdfast.api.archive;

import static io.holdfast.api.testing.ApiFixture.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.wal.ArchiveSpec;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ArchiveAnnouncementTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private ApiFixture api;

  @BeforeEach
  void declare() {
    api = new ApiFixture();
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void tellsWorkersOfAChangeAtOnceAndAgainAndAgain() {
    api.archived("{}", "7");
    await().atMost(PATIENCE).until(() -> announced().size() >= 3);

    List<JobCommand.ArchiveCluster> said = announced();
    assertThat(said)
        .extracting(JobCommand.ArchiveCluster::revision)
        .containsOnly(said.getFirst().revision());
    assertThat(said.getFirst().archive().mode()).isEqualTo(ArchiveSpec.Mode.PUSH);
    assertThat(said.getFirst().cluster().systemIdentifier()).isEqualTo("7");
    assertThat(said.getFirst().header().expiresAt()).isNotNull();
    assertThat(api.worker().unsigned()).isEmpty();
  }

  @Test
  void raisesTheRevisionWithEveryChangeAlsoAfterDeletionAndANewDeclaration() {
    api.archived("{}", "7");
    await().atMost(PATIENCE).until(() -> announced().size() >= 1);
    api.archived("{\"compressionLevel\":5}", "7");
    await().atMost(PATIENCE).until(() -> level() == 5);
    // A topology that was asked for may be on its way: jobs are what keeps a cluster.
    admin()
        .header("If-Match", "*")
        .delete("/api/v1/clusters/" + api.cluster())
        .then()
        .statusCode(204);
    await().atMost(PATIENCE).until(() -> announced().getLast().archive() == null);
    long gone = announced().getLast().revision();
    admin()
        .body(
            "{\"pool\":\""
                + api.cluster()
                + "\",\"repository\":\""
                + api.cluster()
                + "\",\"credentialsRef\":\"orders-db\",\"expectedSystemIdentifier\":\"8\","
                + "\"archive\":{\"compressionLevel\":7},"
                + "\"nodes\":[{\"name\":\"pg-1\",\"host\":\"127.0.0.1\"}]}")
        .put("/api/v1/clusters/" + api.cluster())
        .then()
        .statusCode(201);
    await().atMost(PATIENCE).until(() -> level() == 7);

    assertThat(announced()).extracting(JobCommand.ArchiveCluster::revision).isSorted();
    assertThat(announced().getLast().revision()).isGreaterThan(gone);
  }

  @Test
  void saysNothingOfAClusterThatNobodyHasSeenOrThatIsNotArchived() {
    api.archived(null, "7");
    await().during(Duration.ofSeconds(3)).until(() -> announced().isEmpty());

    assertThat(observations()).isEmpty();
  }

  @Test
  void hasTheArchiveLookedAtWhileItIsDeclared() {
    api.archived("{\"mode\":\"STREAM\"}", "7");

    await().atMost(PATIENCE).until(() -> observations().size() >= 2);
    assertThat(observations().getFirst().archive().mode()).isEqualTo(ArchiveSpec.Mode.STREAM);
    assertThat(observations().getFirst().repository().name()).isEqualTo(api.cluster());
  }

  private int level() {
    ArchiveSpec archive = announced().getLast().archive();
    return archive == null ? 0 : archive.compressionLevel();
  }

  private List<JobCommand.ArchiveCluster> announced() {
    return of(JobCommand.ArchiveCluster.class);
  }

  private List<JobCommand.ObserveArchive> observations() {
    return of(JobCommand.ObserveArchive.class);
  }

  private <T extends JobCommand> List<T> of(Class<T> type) {
    return api.worker().commands().stream().filter(type::isInstance).map(type::cast).toList();
  }
}
