package io.holdfast.worker.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.model.BackupId;
import io.holdfast.model.SecretRef;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.command.JobCommand.RunJob;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.wire.Topics;
import io.holdfast.model.wire.Wire;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(WorkerStack.class)
class HandOverTest {
  private static final String COMMANDS = Topics.commands(WorkerStack.POOL);

  @Test
  void givesWhatItHasNoRoomForToAnIdleWorkerOfThePoolWithItsSignature() throws SQLException {
    try (TestBus bus = new TestBus(WorkerStack.kafka.bootstrapServers());
        KafkaConsumer<String, byte[]> idle = member();
        Connection blocker = lock()) {
      for (RunJob job : List.of(blocked(), blocked())) {
        bus.send(job);
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () ->
                    bus.eventsOf(job.jobId()).stream()
                        .anyMatch(JobEvent.Started.class::isInstance));
      }
      List<ConsumerRecord<String, byte[]>> received = new ArrayList<>();
      idle.subscribe(List.of(COMMANDS));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> poll(idle, received) && !idle.assignment().isEmpty());
      int busy = partitionOfTheOther(idle.assignment());
      RunJob waiting = TestBus.job(probe());

      bus.send(waiting, busy);

      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> poll(idle, received) && received.stream().anyMatch(r -> of(r, waiting)));
      ConsumerRecord<String, byte[]> handedOver =
          received.stream().filter(record -> of(record, waiting)).findFirst().orElseThrow();
      assertThat(handedOver.partition()).isNotEqualTo(busy);
      assertThat(handedOver.headers().lastHeader(HandOver.WORKER_HEADER).value())
          .asString()
          .isEqualTo("worker-under-test");
      assertThat(TestBus.signedByUs(handedOver)).isTrue();
      assertThat(bus.eventsOf(waiting.jobId())).isEmpty();
      blocker.rollback();
    }
  }

  private static boolean of(ConsumerRecord<String, byte[]> record, RunJob job) {
    return Wire.read(record.value(), io.holdfast.model.command.JobCommand.class)
            instanceof RunJob run
        && run.jobId().equals(job.jobId());
  }

  private static boolean poll(
      KafkaConsumer<String, byte[]> consumer, List<ConsumerRecord<String, byte[]>> into) {
    consumer.poll(Duration.ofMillis(200)).forEach(into::add);
    return true;
  }

  private static int partitionOfTheOther(Set<TopicPartition> mine) {
    Set<Integer> numbers = mine.stream().map(TopicPartition::partition).collect(Collectors.toSet());
    return IntStream.range(0, 3).filter(n -> !numbers.contains(n)).findFirst().orElseThrow();
  }

  /** In the workers' group, and with room for anything. */
  private static KafkaConsumer<String, byte[]> member() {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            WorkerStack.kafka.bootstrapServers(),
            "group.id",
            "holdfast-worker-" + WorkerStack.POOL,
            "enable.auto.commit",
            "true",
            "auto.offset.reset",
            "earliest"),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }

  /** Every dump waits for this one. */
  private static Connection lock() throws SQLException {
    WorkerStack.postgres.primary().execute("create table if not exists locked (v int)");
    Connection connection = WorkerStack.postgres.primary().connect("postgres");
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("lock table locked in access exclusive mode");
    }
    return connection;
  }

  private static RunJob blocked() {
    ClusterSpec primaryOnly =
        new ClusterSpec(
            "orders",
            List.of(
                new NodeSpec(
                    "pg-1",
                    WorkerStack.postgres.primary().host(),
                    WorkerStack.postgres.primary().port())),
            new SecretRef("orders-db"),
            "disable",
            "postgres",
            null,
            null);
    return TestBus.job(
        new JobSpec.Backup(
            BackupId.next(Clock.systemUTC()),
            primaryOnly,
            WorkerStack.repository(),
            new LogicalSourceSpec(null, null, null, null, null, null, null, null, 0, null),
            null,
            null,
            null,
            Map.of()));
  }

  private static JobSpec probe() {
    return new JobSpec.Probe(
        new FilesystemRepositorySpec(
            "disk", WorkerStack.folder.resolve("repositories/disk").toString()));
  }
}
