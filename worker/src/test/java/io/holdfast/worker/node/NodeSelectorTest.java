package io.holdfast.worker.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.SecretRef;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.cluster.Selection;
import io.holdfast.model.cluster.StandbyPolicy;
import io.holdfast.model.cluster.StandbyPolicy.Target;
import io.holdfast.model.cluster.StandbyPolicy.WhenNone;
import io.holdfast.model.cluster.Topology;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.progress.Progress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The choice of a node, without any node. */
class NodeSelectorTest {
  private static final NodeObservation PRIMARY =
      node("a", NodeRole.PRIMARY, "7", 2, null, null, null, null, null);
  private static final NodeObservation HEALTHY =
      node("b", NodeRole.STANDBY, "7", 2, 100L, 0.0, "streaming", false, 0.0);

  private static NodeObservation node(
      String name,
      NodeRole role,
      String id,
      int timeline,
      Long bytes,
      Double seconds,
      String receiver,
      Boolean paused,
      Double delay) {
    return new NodeObservation(
        name,
        role,
        null,
        "15.18",
        150018,
        id,
        timeline,
        new Lsn(5000),
        bytes,
        seconds,
        receiver,
        paused,
        delay,
        30.0,
        false);
  }

  private static StandbyPolicy policy(Target target, Double seconds, WhenNone whenNone) {
    return new StandbyPolicy(target, 1 << 20, seconds, whenNone, Duration.ofSeconds(10));
  }

  private static Topology topology(NodeObservation... nodes) {
    return new Topology("c", Instant.EPOCH, List.of(nodes));
  }

  static Stream<Arguments> unfit() {
    NodeRole s = NodeRole.STANDBY;
    return Stream.of(
        Arguments.of(
            "UNREACHABLE", NodeObservation.unreachable("b", "refused"), "does not answer: refused"),
        Arguments.of(
            "WRONG_CLUSTER",
            node("b", s, "8", 2, 0L, 0.0, "streaming", false, 0.0),
            "has system identifier 8, the cluster has 7"),
        Arguments.of(
            "LAG_BYTES",
            node("b", s, "7", 2, 1048577L, 0.0, "streaming", false, 0.0),
            "it is 1048577 bytes of WAL behind, the policy allows 1048576"),
        Arguments.of(
            "LAG_SECONDS",
            node("b", s, "7", 2, 10L, 61.5, "streaming", false, 0.0),
            "it is 61.5 s behind, the policy allows 60 s"),
        Arguments.of(
            "LAG_UNKNOWN",
            node("b", s, "7", 2, null, 0.0, "streaming", false, 0.0),
            "its lag is unknown: it has replayed nothing yet"),
        Arguments.of(
            "REPLAY_PAUSED",
            node("b", s, "7", 2, 10L, 1.0, "streaming", true, 0.0),
            "its replay is paused, 10 bytes of WAL behind (1 s)"),
        Arguments.of(
            "APPLY_DELAY",
            node("b", s, "7", 2, 0L, 0.0, "streaming", false, 300.0),
            "it replays on purpose late: recovery_min_apply_delay is 300 s"),
        Arguments.of(
            "RECEIVER_DOWN",
            node("b", s, "7", 2, 0L, 0.0, "none", false, 0.0),
            "its WAL receiver is not streaming (none), so it falls behind"),
        Arguments.of(
            "TIMELINE_BEHIND",
            node("b", s, "7", 1, 0L, 0.0, "streaming", false, 0.0),
            "is on timeline 1, the primary 'a' is on 2"));
  }

  @ParameterizedTest
  @MethodSource("unfit")
  void passesOverAStandbyThatIsUnfitAndSaysWhy(String code, NodeObservation node, String reason) {
    Selection selection =
        NodeSelector.select(
            topology(PRIMARY, node), policy(Target.STANDBY, 60.0, WhenNone.FAIL), "7", Set.of());
    assertThat(selection.node()).isNull();
    assertThat(selection.verdicts().get(1).code()).isEqualTo(code);
    assertThat(selection.verdicts().get(1).reason()).isEqualTo(reason);
  }

  @Test
  void choosesTheStandbyWithTheLeastLag() {
    NodeObservation better = node("c", NodeRole.STANDBY, "7", 2, 0L, 0.0, "streaming", false, 0.0);
    Selection selection =
        NodeSelector.select(
            topology(PRIMARY, HEALTHY, better), StandbyPolicy.defaults(), null, Set.of());
    assertThat(selection.node()).isEqualTo("c");
    assertThat(selection.verdicts())
        .extracting("code")
        .containsExactly("WRONG_ROLE", "ELIGIBLE_NOT_BEST", "CHOSEN");
  }

  @Test
  void leavesOutANodeThatAnEarlierAttemptFoundUnfit() {
    Selection selection =
        NodeSelector.select(topology(PRIMARY, HEALTHY), StandbyPolicy.defaults(), "7", Set.of("b"));
    assertThat(selection.verdicts().get(1).code()).isEqualTo("EXCLUDED");
  }

  @Test
  void knowsNoLagWithoutAPrimary() {
    Selection selection =
        NodeSelector.select(topology(HEALTHY), StandbyPolicy.defaults(), "7", Set.of());
    assertThat(selection.verdicts().get(0).code()).isEqualTo("LAG_UNKNOWN");
  }

  @Test
  void readsFromThePrimaryOnTheHighestTimelineWhenTwoCallThemselvesPrimary() {
    NodeObservation old = node("z", NodeRole.PRIMARY, "7", 1, null, null, null, null, null);
    Selection selection =
        NodeSelector.select(
            topology(old, PRIMARY), policy(Target.PRIMARY, null, WhenNone.FAIL), "7", Set.of());
    assertThat(selection.node()).isEqualTo("a");
    assertThat(selection.verdicts().get(0).code()).isEqualTo("TIMELINE_BEHIND");
  }

  @Test
  void takesThePrimaryWhenNoStandbyIsFitAndThePolicySaysSo() {
    NodeObservation paused = node("b", NodeRole.STANDBY, "7", 2, 10L, 1.0, "streaming", true, 0.0);
    Selection selection = choose(WhenNone.PRIMARY, new AtomicInteger(), topology(PRIMARY, paused));
    assertThat(selection.node()).isEqualTo("a");
    assertThat(selection.verdicts()).extracting("code").containsExactly("CHOSEN", "REPLAY_PAUSED");
  }

  @Test
  void failsAtOnceWhenThePolicySaysSo() {
    AtomicInteger probes = new AtomicInteger();
    assertThatThrownBy(() -> choose(WhenNone.FAIL, probes, topology(PRIMARY)))
        .isInstanceOfSatisfying(
            JobFailure.class, f -> assertThat(f.code()).isEqualTo(ErrorCode.NO_ELIGIBLE_NODE));
    assertThat(probes).hasValue(1);
  }

  @Test
  void waitsForAStandbyToCatchUp() {
    AtomicInteger probes = new AtomicInteger();
    Selection selection =
        choose(WhenNone.WAIT, probes, topology(PRIMARY), topology(PRIMARY, HEALTHY));
    assertThat(selection.node()).isEqualTo("b");
    assertThat(probes).hasValue(2);
  }

  @Test
  void stopsWaitingWhenTheTimeIsUp() {
    AtomicInteger probes = new AtomicInteger();
    assertThatThrownBy(() -> choose(WhenNone.WAIT, probes, topology(PRIMARY)))
        .hasMessageContaining("after waiting PT10S");
    assertThat(probes).hasValue(6);
  }

  private static Selection choose(WhenNone whenNone, AtomicInteger probes, Topology... seen) {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    Clock clock =
        new Clock() {
          @Override
          public ZoneOffset getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(java.time.ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return now.get();
          }
        };
    ClusterSpec cluster =
        new ClusterSpec(
            "c",
            List.of(new NodeSpec("a", "h", 1)),
            new SecretRef("x"),
            null,
            null,
            policy(Target.PREFER_STANDBY, null, whenNone),
            "7");
    return new NodeSelection(
            c -> seen[Math.min(probes.getAndIncrement(), seen.length - 1)],
            clock,
            time -> now.updateAndGet(t -> t.plus(time)))
        .choose(cluster, Set.of(), Progress.silent());
  }
}
