package io.holdfast.worker.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.SecretRef;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.cluster.Selection;
import io.holdfast.worker.check.ClusterCheck;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.secret.Credentials;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A real cluster, seen by the least-privilege role. */
class NodeProbeTest {
  @Test
  void choosesTheHealthyStandbyAndFollowsAFailoverWithoutReconfiguration() throws Exception {
    Path folder = Folders.temporary("node-probe");
    try (PostgresCluster nodes = PostgresCluster.in(folder.resolve("c")).start()) {
      ClusterSpec cluster =
          new ClusterSpec(
              "orders",
              List.of(
                  new NodeSpec("pg-1", nodes.primary().host(), nodes.primary().port()),
                  new NodeSpec("pg-2", nodes.standby(0).host(), nodes.standby(0).port()),
                  new NodeSpec("pg-3", nodes.standby(1).host(), nodes.standby(1).port())),
              new SecretRef("orders-db"),
              null,
              null,
              null,
              null);
      Path file = folder.resolve("credentials.yaml");
      Files.writeString(
          file,
          "databases: { orders-db: { username: %s, password: %s, endpoints: [%s] } }"
              .formatted(
                  nodes.backupLogin().username(),
                  nodes.backupLogin().password(),
                  String.join(
                      ", ", cluster.nodes().stream().map(n -> '"' + n.endpoint() + '"').toList())));
      Credentials credentials = new Credentials(file);
      NodeProbe probe = new NodeProbe(Connections.brisk(), credentials, Clock.systemUTC());
      NodeSelection selection =
          new NodeSelection(probe::probe, Clock.systemUTC(), (Duration t) -> {});

      nodes.awaitAllCaughtUp();
      nodes.pauseReplay(0);
      nodes
          .primary()
          .execute("create table big as select repeat('x', 1000) from generate_series(1, 3000)");
      nodes.awaitCaughtUp(1);

      await()
          .untilAsserted(
              () -> {
                List<NodeObservation> seen = probe.probe(cluster).nodes();
                assertThat(seen).extracting(NodeObservation::systemIdentifier).doesNotContainNull();
                assertThat(seen.get(1).replayPaused()).isTrue();
                assertThat(seen.get(1).lagBytes()).isGreaterThan(1024 * 1024);
                assertThat(seen.get(2).receiver()).isEqualTo("streaming");
                assertThat(seen.get(2).lagSeconds()).isZero();
              });
      Selection chosen = selection.choose(cluster, Set.of(), Progress.silent());
      assertThat(chosen.node()).isEqualTo("pg-3");
      assertThat(chosen.verdicts())
          .extracting("code")
          .containsExactly("WRONG_ROLE", "REPLAY_PAUSED", "CHOSEN");
      assertThat(
              new ClusterCheck(
                      probe::probe,
                      Connections.brisk(),
                      credentials,
                      new PgTools(List.of(nodes.primary().install().bin())))
                  .check(cluster))
          .noneMatch(f -> f.outcome().equals("FAILED"));

      nodes.primary().stopImmediately();
      nodes.promote(1);
      Selection after = selection.choose(cluster, Set.of(), Progress.silent());
      assertThat(after.node()).isEqualTo("pg-3");
      assertThat(after.verdicts())
          .extracting("code")
          .containsExactly("UNREACHABLE", "TIMELINE_BEHIND", "CHOSEN");
    } finally {
      Folders.delete(folder);
    }
  }
}
