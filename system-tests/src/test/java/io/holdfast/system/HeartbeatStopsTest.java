package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A dead-man switch hears nothing any more when Holdfast cannot do its work. */
@Tag("slow")
class HeartbeatStopsTest {
  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @Test
  void stopsWithTheControlPlaneAndWhenNoWorkerCanBeHeard() {
    try (HookReceiver deadMan = new HookReceiver();
        Fleet fleet =
            Fleet.own(
                stack ->
                    stack
                        .workers(1)
                        .brokerAsProcess()
                        .setting("holdfast.notifications.allowed-destinations", "127.0.0.1"))) {
      fleet
          .api()
          .put(
              "/notification-targets/dead-man",
              "{\"type\":\"HEARTBEAT\",\"heartbeat\":{\"url\":\""
                  + deadMan.url()
                  + "\",\"interval\":\"PT10S\",\"clusters\":[\"nobody-*\"]}}");
      awaitBeats(deadMan, 2);

      fleet.stack().killApi(0);
      awaitSilence(deadMan);
      fleet.stack().restartApi(0);
      awaitBeats(deadMan, 2);

      fleet.stack().kafka().kill();
      awaitSilence(deadMan);
      assertThat(
              fleet
                  .api()
                  .get("/notification-targets/dead-man")
                  .at("/standing/withheldBecause")
                  .asText())
          .isEqualTo("Workers cannot be heard.");
      fleet.stack().kafka().start();
      awaitBeats(deadMan, 2);
    }
  }

  private static void awaitBeats(HookReceiver deadMan, int more) {
    int before = deadMan.hooks().size();
    await().atMost(PATIENCE).until(() -> deadMan.hooks().size() >= before + more);
  }

  /** None for three intervals, sooner or later. */
  private static void awaitSilence(HookReceiver deadMan) {
    AtomicInteger heard = new AtomicInteger(-1);
    await()
        .atMost(PATIENCE)
        .pollInterval(SILENCE)
        .until(
            () -> {
              int beats = deadMan.hooks().size();
              return heard.getAndSet(beats) == beats;
            });
  }
}
