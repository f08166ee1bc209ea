package io.holdfast.api.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.JobId;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.wire.Topics;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class OutboxRelayTest {
  private static final int COMMANDS = 450;

  @Inject Outbox outbox;
  @Inject OutboxRelay relay;
  @Inject OutboxPurge purge;

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
  void sendsEachCommandOnceHoweverManyRelaysRun() {
    QuarkusTransaction.requiringNew().run(() -> cancels(COMMANDS));
    // Four more relays than the service's own, which the commit has woken.
    Stream.generate(() -> CompletableFuture.runAsync(this::relayAll))
        .limit(4)
        .toList()
        .forEach(CompletableFuture::join);
    await().atMost(Duration.ofSeconds(30)).until(() -> sent().size() >= COMMANDS);

    await().during(Duration.ofSeconds(1)).until(() -> sent().size() == COMMANDS);
    assertThat(sent()).doesNotHaveDuplicates();
    assertThat(api.worker().unsigned()).isEmpty();
  }

  @Test
  void sendsNothingOfATransactionThatWasRolledBack() {
    QuarkusTransaction.begin();
    cancels(1);
    QuarkusTransaction.rollback();
    QuarkusTransaction.requiringNew().run(() -> cancels(1));
    await().until(() -> !sent().isEmpty());

    await().during(Duration.ofSeconds(1)).until(() -> sent().size() == 1);
  }

  @Test
  void forgetsSentCommandsAfterADayUnlessTheirJobStillWaitsForAWorker() {
    String waiting = api.backup("{\"method\":\"LOGICAL\"}");
    QuarkusTransaction.requiringNew().run(() -> cancels(1));
    String done = api.backup("{\"method\":\"LOGICAL\"}");
    api.worker().awaitRun(waiting, 1);
    api.worker().awaitRun(done, 1);
    api.worker().accept(done, 1);
    await().until(() -> ApiFixture.state(done).equals("RUNNING"));
    String pending = "status = 'PENDING' and topic = ?1";
    await().until(() -> rows(pending, Topics.cancellations(api.cluster())) == 0);
    // Only how long ago it was sent is changed: the job's own time to be accepted goes on.
    QuarkusTransaction.requiringNew()
        .run(
            () ->
                OutboxEntity.update(
                    "sentAt = ?1 where topic like ?2",
                    Instant.now().minus(Duration.ofHours(25)),
                    "%" + api.cluster() + "%"));
    purge.purge();

    assertThat(rowsOf(waiting)).isEqualTo(1);
    assertThat(rowsOf(done)).isZero();
    assertThat(rows("topic = ?1", Topics.cancellations(api.cluster()))).isZero();
  }

  private void cancels(int count) {
    for (int i = 0; i < count; i++) {
      outbox.cancelJob(api.cluster(), JobId.next(Clock.systemUTC()), 1, "a test");
    }
  }

  private void relayAll() {
    while (QuarkusTransaction.requiringNew().call(relay::relayBatch) > 0) {
      // There may be more.
    }
  }

  private static long rowsOf(String jobId) {
    return rows("jobId = ?1", UUID.fromString(jobId));
  }

  private static long rows(String where, Object value) {
    return QuarkusTransaction.requiringNew().call(() -> OutboxEntity.count(where, value));
  }

  private List<String> sent() {
    return api.worker().commands().stream()
        .filter(JobCommand.CancelJob.class::isInstance)
        .map(command -> command.header().commandId())
        .toList();
  }
}
