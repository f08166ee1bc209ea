package io.holdfast.worker.job;

import io.holdfast.model.JobId;
import io.holdfast.model.command.CommandHeader;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.command.JobCommand.RunJob;
import io.holdfast.model.event.HoldfastEvent;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.event.WorkerEvent.CommandRefused;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.wire.CommandSigner;
import io.holdfast.model.wire.Topics;
import io.holdfast.model.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The API's side of the topics, by hand. Used by one thread. */
final class TestBus implements AutoCloseable {
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaConsumer<String, byte[]> consumer;
  private final List<HoldfastEvent> events = new ArrayList<>();
  private final List<ConsumerRecord<String, byte[]>> deadLetters = new ArrayList<>();

  TestBus(String bootstrapServers) {
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new StringSerializer(),
            new ByteArraySerializer());
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "group.id",
                "test-" + UUID.randomUUID(),
                "metadata.max.age.ms",
                "500",
                "auto.offset.reset",
                "earliest"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    consumer.subscribe(List.of(Topics.EVENTS, Topics.DEAD_LETTERS));
  }

  static CommandHeader header(String pool, Duration validFor) {
    Instant now = Instant.now();
    return new CommandHeader(UUID.randomUUID().toString(), pool, now, now.plus(validFor));
  }

  static RunJob job(JobSpec spec) {
    return new RunJob(
        header(WorkerStack.POOL, Duration.ofMinutes(5)),
        JobId.next(Clock.systemUTC()),
        1,
        Duration.ofSeconds(30),
        null,
        spec);
  }

  void send(JobCommand command) {
    send(command, WorkerStack.KEYS);
  }

  /** To one partition of the pool's topic. */
  void send(RunJob command, int partition) {
    byte[] value = Wire.bytes(command);
    send(
        new ProducerRecord<>(Topics.commands(WorkerStack.POOL), partition, "key", value),
        signature(value, WorkerStack.KEYS));
  }

  static boolean signedByUs(ConsumerRecord<String, byte[]> record) {
    byte[] signature = record.headers().lastHeader(Topics.SIGNATURE_HEADER).value();
    return new String(signature, StandardCharsets.US_ASCII)
        .equals(signature(record.value(), WorkerStack.KEYS));
  }

  private static String signature(byte[] value, KeyPair signedBy) {
    return CommandSigner.of(
            WorkerStack.KEY_ID,
            Base64.getEncoder().encodeToString(signedBy.getPrivate().getEncoded()))
        .sign(value);
  }

  void send(JobCommand command, KeyPair signedBy) {
    byte[] value = Wire.bytes(command);
    String signature = signature(value, signedBy);
    String topic =
        command instanceof JobCommand.CancelJob
            ? Topics.cancellations(WorkerStack.POOL)
            : Topics.commands(WorkerStack.POOL);
    sendRaw(topic, value, signature);
  }

  void sendRaw(String topic, byte[] value, String signature) {
    send(new ProducerRecord<>(topic, "key", value), signature);
  }

  private void send(ProducerRecord<String, byte[]> record, String signature) {
    record.headers().add(Topics.KEY_ID_HEADER, bytes(WorkerStack.KEY_ID));
    record.headers().add(Topics.SIGNATURE_HEADER, bytes(signature));
    var unused = producer.send(record);
    producer.flush();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void poll() {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
      if (record.topic().equals(Topics.DEAD_LETTERS)) {
        deadLetters.add(record);
      } else {
        events.add(Wire.read(record.value(), HoldfastEvent.class));
      }
    }
  }

  List<JobEvent> eventsOf(JobId job) {
    poll();
    return events.stream()
        .filter(JobEvent.class::isInstance)
        .map(JobEvent.class::cast)
        .filter(event -> event.header().jobId().equals(job))
        .toList();
  }

  <T extends HoldfastEvent> List<T> all(Class<T> type) {
    poll();
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  List<CommandRefused> refusalsOf(JobId job) {
    return all(CommandRefused.class).stream().filter(r -> job.equals(r.jobId())).toList();
  }

  List<ConsumerRecord<String, byte[]>> deadLetters() {
    poll();
    return List.copyOf(deadLetters);
  }

  /** The job's events once it has ended. */
  List<JobEvent> awaitEnd(JobId job) {
    return org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .until(
            () -> eventsOf(job),
            seen ->
                seen.stream()
                    .anyMatch(
                        e ->
                            e instanceof JobEvent.Succeeded
                                || e instanceof JobEvent.Failed
                                || e instanceof JobEvent.Cancelled));
  }

  @Override
  public void close() {
    producer.close();
    consumer.close();
  }
}
