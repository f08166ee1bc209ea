package io.holdfast.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.model.BackupId;
import io.holdfast.model.JobId;
import io.holdfast.model.command.CommandHeader;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.VerificationLevel;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.wire.CommandSigner;
import io.holdfast.model.wire.Topics;
import io.holdfast.model.wire.Wire;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Commands put on the topic by hand by somebody who can write to Kafka. */
class ForgedCommandTest {
  private final Fleet fleet = Fleet.shared();

  @Test
  void refusesAndReportsWhatTheApiDidNotSign() throws Exception {
    JobId forged = JobId.next(Clock.systemUTC());
    JobCommand command = verification(forged, "default", Instant.now().plusSeconds(60));
    String foreignKey =
        Base64.getEncoder()
            .encodeToString(
                KeyPairGenerator.getInstance("Ed25519")
                    .generateKeyPair()
                    .getPrivate()
                    .getEncoded());

    send(command, null);
    send(command, CommandSigner.of(fleet.stack().signingKeyId(), foreignKey));

    awaitRefusals(forged, 2, "not signed");
  }

  @Test
  void refusesExpiredAndForeignCommandsThoughTheyAreSigned() throws Exception {
    JobId expired = JobId.next(Clock.systemUTC());
    JobId foreign = JobId.next(Clock.systemUTC());
    CommandSigner real =
        CommandSigner.of(fleet.stack().signingKeyId(), fleet.stack().signingPrivateKey());

    send(verification(expired, "default", Instant.now().minusSeconds(1)), real);
    send(verification(foreign, "another-pool", Instant.now().plusSeconds(60)), real);

    awaitRefusals(expired, 1, "expired");
    awaitRefusals(foreign, 1, "pool");
  }

  private static JobCommand verification(JobId job, String pool, Instant expiresAt) {
    return new JobCommand.RunJob(
        new CommandHeader(
            JobId.next(Clock.systemUTC()).value(), pool, Instant.now().minusSeconds(2), expiresAt),
        job,
        1,
        Duration.ofSeconds(10),
        null,
        new JobSpec.Verify(
            BackupId.next(Clock.systemUTC()),
            "nowhere",
            new FilesystemRepositorySpec("evil", "/etc"),
            VerificationLevel.CHECKSUM));
  }

  private void send(JobCommand command, CommandSigner signer) throws Exception {
    byte[] value = Wire.bytes(command);
    ProducerRecord<String, byte[]> sent =
        new ProducerRecord<>(Topics.commands("default"), "forged", value);
    if (signer != null) {
      sent.headers()
          .add(Topics.KEY_ID_HEADER, signer.keyId().getBytes(UTF_8))
          .add(Topics.SIGNATURE_HEADER, signer.sign(value).getBytes(UTF_8));
    }
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", fleet.stack().kafkaBootstrap()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.send(sent).get();
    }
  }

  private void awaitRefusals(JobId job, int count, String word) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              List<String> refusals =
                  fleet.eventsTopic().records("COMMAND_REFUSED.v1", job.value());
              assertThat(refusals).hasSize(count);
              assertThat(refusals).allSatisfy(text -> assertThat(text).contains(word));
            });
    assertThat(fleet.eventsTopic().records("ACCEPTED.v1", job.value())).isEmpty();
  }
}
