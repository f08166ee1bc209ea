package io.holdfast.api.outbox;

import io.holdfast.api.trace.Traces;
import io.holdfast.model.command.CommandHeader;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.wire.CommandSigner;
import io.holdfast.model.wire.Topics;
import io.holdfast.model.wire.TraceParent;
import io.holdfast.model.wire.Wire;
import io.opentelemetry.api.trace.Span;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.hibernate.jpa.HibernateHints;
import org.jboss.logging.Logger;

/**
 * Carries committed commands to Kafka, each at least once: a row is marked sent only after the
 * broker has acknowledged the record. Any number of relays may run; {@code SKIP LOCKED} deals the
 * rows out between them, and a worker takes each {@code commandId} once.
 *
 * <p>While Kafka is down the rows wait. A command's life starts when it is sent, so one that waited
 * an hour is still accepted.
 */
@ApplicationScoped
public class OutboxRelay {
  private static final Logger LOG = Logger.getLogger(OutboxRelay.class);
  private static final int BATCH = 100;
  private static final Duration SEND_TIMEOUT = Duration.ofSeconds(15);

  @Inject EntityManager entities;
  @Inject Clock clock;
  @Inject Traces traces;

  @Inject
  @Channel("commands")
  MutinyEmitter<byte[]> commands;

  @ConfigProperty(name = "holdfast.signing.key-id")
  String keyId;

  @ConfigProperty(name = "holdfast.signing.private-key")
  String privateKey;

  @ConfigProperty(name = "holdfast.jobs.accept-within")
  Duration acceptWithin;

  private final ExecutorService sending =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("outbox-send").factory());
  private final Doorbell doorbell = new Doorbell("outbox-relay", this::relay);
  private CommandSigner signer;

  @PostConstruct
  void start() {
    signer = CommandSigner.of(keyId, privateKey);
  }

  /** While the catalog can still be reached. */
  void stop(@Observes(notifyObserver = Reception.IF_EXISTS) ShutdownEvent stopping) {
    doorbell.close();
    sending.shutdown();
  }

  void committed(
      @Observes(during = TransactionPhase.AFTER_SUCCESS) Outbox.CommandsWaiting waiting) {
    doorbell.ring();
  }

  /** Finds what another replica left behind, and what waited for a broker. */
  @Scheduled(
      every = "{holdfast.jobs.tick}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void tick() {
    doorbell.ring();
  }

  private void relay() {
    try {
      while (QuarkusTransaction.requiringNew().timeout(60).call(this::relayBatch) == BATCH) {
        // A full batch: there may be more.
      }
    } catch (RuntimeException e) {
      LOG.warn("commands wait in the outbox: the next tick tries again", e);
    }
  }

  /** Sends one batch; how many rows the broker took. Runs in a transaction of its own. */
  @SuppressWarnings("unchecked")
  int relayBatch() {
    List<OutboxEntity> rows =
        entities
            .createNativeQuery(
                "select * from outbox where status = 'PENDING' order by id limit "
                    + BATCH
                    + " for update skip locked",
                OutboxEntity.class)
            .setHint(HibernateHints.HINT_READ_ONLY, true)
            .getResultList();
    if (rows.isEmpty()) {
      return 0;
    }
    List<Boolean> taken = CompletableFuture.supplyAsync(() -> sendAll(rows), sending).join();
    List<Sent> sent = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      OutboxEntity row = rows.get(i);
      if (taken.get(i)) {
        sent.add(new Sent(row.id, row.sentAt, row.expiresAt));
      }
    }
    return sent.isEmpty() ? 0 : mark(sent);
  }

  private record Sent(long id, Instant at, Instant expires) {}

  /** All of them with one statement, which says nothing of their commands. */
  private int mark(List<Sent> sent) {
    return entities
        .createNativeQuery(
            "update outbox o set status = 'SENT', sent_at = s.at, expires_at = s.expires from"
                + " jsonb_to_recordset(cast(:sent as jsonb)) as s (id bigint, at timestamptz,"
                + " expires timestamptz) where o.id = s.id")
        .setParameter("sent", Wire.text(sent))
        .executeUpdate();
  }

  /**
   * Runs on a thread without a transaction: the messaging pipeline would carry this one's along to
   * threads of its own, which must not happen while it commits.
   */
  private List<Boolean> sendAll(List<OutboxEntity> rows) {
    List<Uni<Boolean>> sends = new ArrayList<>();
    for (OutboxEntity row : rows) {
      sends.add(send(row));
    }
    return Uni.join().all(sends).andCollectFailures().await().atMost(SEND_TIMEOUT.plusSeconds(5));
  }

  private Uni<Boolean> send(OutboxEntity row) {
    row.sentAt = clock.instant();
    row.expiresAt = row.sentAt.plus(acceptWithin);
    byte[] value = stamped(row, row.sentAt, row.expiresAt);
    RecordHeaders headers = new RecordHeaders();
    headers.add(Topics.SIGNATURE_HEADER, signer.sign(value).getBytes(StandardCharsets.US_ASCII));
    headers.add(Topics.KEY_ID_HEADER, signer.keyId().getBytes(StandardCharsets.UTF_8));
    TraceParent asked = TraceParent.parse(row.traceParent).orElse(null);
    Span span = traces.sending(row.topic, asked);
    TraceParent here = traces.within(span, asked);
    if (here != null) {
      headers.add(Topics.TRACE_HEADER, here.text().getBytes(StandardCharsets.US_ASCII));
    }
    Message<byte[]> message =
        Message.of(value)
            .addMetadata(
                OutgoingKafkaRecordMetadata.<String>builder()
                    .withTopic(row.topic)
                    .withKey(row.recordKey)
                    .withHeaders(headers)
                    .build());
    return commands
        .sendMessage(message)
        .onTermination()
        .invoke(span::end)
        .map(ignored -> true)
        .ifNoItem()
        .after(SEND_TIMEOUT)
        .fail()
        .onFailure()
        .recoverWithItem(
            failure -> {
              LOG.warnf(
                  "command %s waits: topic %s did not take it: %s",
                  row.commandId, row.topic, failure.getMessage());
              return false;
            });
  }

  private static byte[] stamped(OutboxEntity row, Instant now, Instant expiresAt) {
    JobCommand command = Wire.read(row.command, JobCommand.class);
    CommandHeader old = command.header();
    CommandHeader header = new CommandHeader(old.commandId(), old.pool(), now, expiresAt);
    return Wire.bytes(
        switch (command) {
          case JobCommand.RunJob run ->
              new JobCommand.RunJob(
                  header, run.jobId(), run.attempt(), run.lease(), run.deadlineAt(), run.spec());
          case JobCommand.CancelJob cancel ->
              new JobCommand.CancelJob(header, cancel.jobId(), cancel.attempt(), cancel.reason());
          case JobCommand.ObserveTopology observe ->
              new JobCommand.ObserveTopology(header, observe.cluster());
          case JobCommand.ArchiveCluster archive ->
              new JobCommand.ArchiveCluster(
                  header,
                  archive.revision(),
                  archive.cluster(),
                  archive.repository(),
                  archive.archive());
          case JobCommand.ObserveArchive observe ->
              new JobCommand.ObserveArchive(
                  header, observe.cluster(), observe.repository(), observe.archive());
        });
  }
}
