package io.holdfast.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.Stack;
import io.holdfast.embedded.WorkerCredentials;
import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

/** Secrets stay in the worker's own file: planted ones appear nowhere else, failures included. */
class SecretCanaryTest {
  private static final String BACKUP_PASSWORD = "canary-backup-5f1c";
  private static final String SUPERUSER_PASSWORD = "canary-superuser-77b2";
  private static final String WRONG_PASSWORD = "canary-wrong-e04a";

  /** Of every child of a worker while the test ran. */
  private final Set<String> commandLines = ConcurrentHashMap.newKeySet();

  private final Set<String> environments = ConcurrentHashMap.newKeySet();
  private volatile boolean sampling = true;

  @Test
  void plantedSecretsAppearNowhere() throws Exception {
    try (Fleet fleet = Fleet.own(1);
        PostgresCluster source = cluster();
        PostgresCluster target = cluster()) {
      Thread sampler = Thread.ofPlatform().start(() -> sample(fleet.stack()));
      fleet.fillMegabytes(source, 20);
      plant(fleet, source, target);
      work(fleet, source, target);
      sampling = false;
      sampler.join();

      List<String> canaries =
          List.of(
              BACKUP_PASSWORD,
              SUPERUSER_PASSWORD,
              WRONG_PASSWORD,
              fleet.stack().s3().secretKey(),
              fleet.stack().adminKey(),
              fleet.stack().signingPrivateKey());
      assertThat(commandLines).anyMatch(line -> line.contains("pg_dump"));
      assertClean("command lines", String.join("\n", commandLines), canaries);
      assertClean("environments", String.join("\n", environments), canaries);
      for (Path log : logs(fleet.stack())) {
        assertClean(log.toString(), Files.readString(log, ISO_8859_1), canaries);
      }
      assertClean("the source's log", source.primary().log(), canaries);
      String records = kafka(fleet.stack());
      assertThat(records).contains("secret-source");
      assertClean("Kafka", records, canaries);
      String catalog = catalog(fleet.stack());
      assertThat(catalog).contains("secret-source");
      assertClean("the catalog", catalog, canaries);
      assertClean("the API", answers(fleet), canaries);
    }
  }

  private static PostgresCluster cluster() {
    return PostgresCluster.in(Folders.temporary("canary"))
        .standbys(0)
        .superuserPassword(SUPERUSER_PASSWORD)
        .backupLogin(new Login("holdfast", BACKUP_PASSWORD))
        .start();
  }

  private static void plant(Fleet fleet, PostgresCluster source, PostgresCluster target) {
    List<String> endpoint = List.of(source.primary().endpoint());
    WorkerCredentials credentials =
        fleet
            .stack()
            .credentials()
            .database("secret-source", source.backupLogin(), endpoint)
            .database("secret-wrong", new Login("holdfast", WRONG_PASSWORD), endpoint)
            .database("secret-target", target.superuser(), List.of(target.primary().endpoint()));
    credentials.writeTo(fleet.stack().credentialsFile());
  }

  private static void work(Fleet fleet, PostgresCluster source, PostgresCluster target) {
    String repository = fleet.s3Repository();
    declare(fleet, "secret-source", source.primary(), repository);
    declare(fleet, "secret-wrong", source.primary(), repository);
    declare(fleet, "secret-target", target.primary(), repository);
    String logical = fleet.backedUp("secret-source", "{\"method\":\"LOGICAL\"}");
    fleet.backedUp("secret-source", "{\"method\":\"PHYSICAL\"}");
    succeed(fleet, "/backups/" + logical + "/verifications", "{\"level\":\"RESTORE\"}");
    succeed(
        fleet,
        "/restores",
        "{\"backupId\":\""
            + logical
            + "\",\"logical\":{\"targetCluster\":\"secret-target\",\"globals\":true}}");
    succeed(
        fleet,
        "/restores",
        "{\"latestOf\":\"secret-source\",\"physical\":{\"directory\":\""
            + fleet.restoreRoot().resolve("canary").resolve("data")
            + "\"}}");
    JsonNode failed = fleet.finish(fleet.backup("secret-wrong", "{\"method\":\"LOGICAL\"}"));
    assertThat(failed.path("state").asText()).isEqualTo("FAILED");
    fleet.finish(fleet.start("/clusters/secret-wrong/checks", "{}"));
  }

  private static void declare(Fleet fleet, String name, PostgresServer node, String repository) {
    fleet
        .api()
        .put(
            "/clusters/" + name,
            "{\"repository\":\"%s\",\"credentialsRef\":\"%s\",\"nodes\":[{\"name\":\"primary\",\"host\":\"%s\",\"port\":%d}]}"
                .formatted(repository, name, node.host(), node.port()));
  }

  private static void succeed(Fleet fleet, String path, String json) {
    JsonNode job = fleet.finish(fleet.start(path, json));
    assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("SUCCEEDED");
  }

  private void sample(Stack stack) {
    while (sampling) {
      stack
          .workerProcess(0)
          .descendants()
          .forEach(
              child -> {
                commandLines.add(proc(child.pid(), "cmdline"));
                environments.add(proc(child.pid(), "environ"));
              });
      commandLines.add(proc(stack.workerProcess(0).pid(), "cmdline"));
      commandLines.add(proc(stack.apiProcess(0).pid(), "cmdline"));
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static String proc(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), file), ISO_8859_1);
    } catch (IOException e) {
      return ""; // it has ended between the look and the read
    }
  }

  private static List<Path> logs(Stack stack) throws IOException {
    try (Stream<Path> files = Files.walk(stack.stateFolder())) {
      List<Path> logs =
          files
              .filter(file -> file.getFileName().toString().endsWith(".log"))
              .filter(file -> !file.toString().contains("/kafka/"))
              .filter(Files::isRegularFile)
              .toList();
      assertThat(logs).contains(stack.apiLog(0), stack.workerLog(0));
      return logs;
    }
  }

  /** Every record of every topic, its headers too. */
  private static String kafka(Stack stack) {
    StringBuilder all = new StringBuilder();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", stack.kafkaBootstrap()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.listTopics().values().stream()
              .flatMap(List::stream)
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(at -> consumer.position(at) < ends.get(at))) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(
                record -> {
                  all.append(text(record.key())).append(text(record.value())).append('\n');
                  record.headers().forEach(header -> all.append(text(header.value())));
                });
      }
    }
    return all.toString();
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, UTF_8);
  }

  /** The whole catalog as SQL. */
  private static String catalog(Stack stack) throws Exception {
    PostgresServer server = stack.catalog();
    ProcessBuilder dump =
        new ProcessBuilder(
            server.install().program("pg_dump"),
            "--host=" + server.host(),
            "--port=" + server.port(),
            "--username=" + stack.catalogLogin().username(),
            "--inserts",
            "holdfast");
    dump.environment().put("PGPASSWORD", stack.catalogLogin().password());
    Process process = dump.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String sql = text(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).isZero();
    return sql;
  }

  private static String answers(Fleet fleet) {
    StringBuilder all = new StringBuilder();
    for (String path :
        List.of(
            "/jobs?limit=200",
            "/backups?limit=200",
            "/clusters?limit=200",
            "/repositories?limit=200",
            "/audit?limit=200",
            "/api-keys",
            "/clusters/secret-source/topology",
            "/clusters/secret-wrong/topology")) {
      all.append(fleet.api().get(path)).append('\n');
    }
    for (JsonNode job : fleet.api().get("/jobs?limit=200").path("items")) {
      String id = job.path("id").asText();
      all.append(fleet.job(id));
      all.append(fleet.api().call("GET", "/jobs/" + id + "/events", null).text());
    }
    for (JsonNode backup : fleet.backupsOf("secret-source")) {
      all.append(fleet.api().get("/backups/" + backup.path("id").asText()));
    }
    return all.toString();
  }

  private static void assertClean(String where, String text, List<String> canaries) {
    for (String canary : canaries) {
      assertThat(text.contains(canary)).as("a secret in " + where).isFalse();
    }
  }
}
