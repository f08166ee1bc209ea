package io.holdfast.api.testing;

import static org.awaitility.Awaitility.await;

import io.holdfast.model.JobId;
import io.holdfast.model.Problem;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.event.HoldfastEvent;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.wire.CommandVerifier;
import io.holdfast.model.wire.Topics;
import io.holdfast.model.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The other side of the wire, by hand: reads a pool's commands from the real topic, checks their
 * signatures, and says whatever a test wants it to say.
 */
public final class FakeWorker implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final KafkaConsumer<String, byte[]> consumer;
  private final KafkaProducer<String, byte[]> producer;
  private final CommandVerifier verifier;
  private final List<JobCommand> commands = new CopyOnWriteArrayList<>();
  private final List<String> unsigned = new CopyOnWriteArrayList<>();
  private final AtomicLong sequence = new AtomicLong();
  private final Thread reader;
  private volatile Consumer<JobCommand.RunJob> onRun = run -> {};

  public FakeWorker(String bootstrap, String publicKey, String pool) {
    this.verifier = CommandVerifier.of(Map.of("test", publicKey));
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "acks", "all"),
            new StringSerializer(),
            new ByteArraySerializer());
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "group.id",
                "fake-" + UUID.randomUUID(),
                "auto.offset.reset",
                "earliest",
                "metadata.max.age.ms",
                "500"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    consumer.subscribe(List.of(Topics.commands(pool), Topics.cancellations(pool)));
    this.reader = Thread.ofPlatform().daemon().name("fake-worker-" + pool).start(this::read);
  }

  private void read() {
    try {
      while (true) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(
                record -> {
                  if (!verifier.accepts(
                      text(record.headers().lastHeader(Topics.KEY_ID_HEADER)),
                      text(record.headers().lastHeader(Topics.SIGNATURE_HEADER)),
                      record.value())) {
                    unsigned.add(record.topic());
                  }
                  JobCommand command = Wire.read(record.value(), JobCommand.class);
                  commands.add(command);
                  if (command instanceof JobCommand.RunJob run) {
                    onRun.accept(run);
                  }
                });
      }
    } catch (WakeupException closed) {
      consumer.close();
    }
  }

  private static String text(Header header) {
    return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }

  /** What to do with each job from now on, at once and on the reader's thread. */
  public void onRun(Consumer<JobCommand.RunJob> answer) {
    onRun = answer;
  }

  public List<JobCommand> commands() {
    return commands;
  }

  /** Topics of commands whose signature was not good. */
  public List<String> unsigned() {
    return unsigned;
  }

  public JobCommand.RunJob awaitRun(String jobId, int attempt) {
    return await("command for attempt " + attempt + " of " + jobId)
        .atMost(PATIENCE)
        .until(
            () ->
                commands.stream()
                    .filter(JobCommand.RunJob.class::isInstance)
                    .map(JobCommand.RunJob.class::cast)
                    .filter(run -> run.jobId().value().equals(jobId) && run.attempt() == attempt)
                    .findFirst()
                    .orElse(null),
            run -> run != null);
  }

  /** The first command of such a job that was not there before. */
  public <S extends JobSpec> JobCommand.RunJob awaitSpec(Class<S> type, Predicate<S> wanted) {
    return await("command for " + type.getSimpleName())
        .atMost(PATIENCE)
        .until(
            () ->
                commands.stream()
                    .filter(JobCommand.RunJob.class::isInstance)
                    .map(JobCommand.RunJob.class::cast)
                    .filter(
                        run -> type.isInstance(run.spec()) && wanted.test(type.cast(run.spec())))
                    .findFirst()
                    .orElse(null),
            run -> run != null);
  }

  public JobCommand.CancelJob awaitCancel(String jobId, int attempt) {
    return await("cancel of " + jobId)
        .atMost(PATIENCE)
        .until(
            () ->
                commands.stream()
                    .filter(JobCommand.CancelJob.class::isInstance)
                    .map(JobCommand.CancelJob.class::cast)
                    .filter(
                        cancel ->
                            cancel.jobId().value().equals(jobId) && cancel.attempt() == attempt)
                    .findFirst()
                    .orElse(null),
            cancel -> cancel != null);
  }

  public long runsOf(String jobId) {
    return commands.stream()
        .filter(
            command -> command instanceof JobCommand.RunJob r && r.jobId().value().equals(jobId))
        .count();
  }

  public JobEvent.Header header(String jobId, int attempt, Duration lease) {
    return new JobEvent.Header(
        UUID.randomUUID().toString(),
        new JobId(jobId),
        attempt,
        sequence.incrementAndGet(),
        "fake-worker",
        Instant.now(),
        lease);
  }

  public JobEvent.Header header(String jobId, int attempt) {
    return header(jobId, attempt, Duration.ofMinutes(5));
  }

  public void accept(String jobId, int attempt) {
    say(new JobEvent.Accepted(header(jobId, attempt)));
    say(new JobEvent.Started(header(jobId, attempt)));
  }

  public void succeed(String jobId, int attempt, JobResult result) {
    say(new JobEvent.Succeeded(header(jobId, attempt), result));
  }

  public void fail(String jobId, int attempt, Problem problem) {
    say(new JobEvent.Failed(header(jobId, attempt), problem));
  }

  public void say(HoldfastEvent event) {
    String key = event instanceof JobEvent e ? e.header().jobId().value() : "worker";
    raw(key, Wire.bytes(event));
  }

  /** Whatever bytes, as they are. */
  public void raw(String key, byte[] value) {
    try {
      var unused = producer.send(new ProducerRecord<>(Topics.EVENTS, key, value)).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      reader.join(5000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close();
  }
}
