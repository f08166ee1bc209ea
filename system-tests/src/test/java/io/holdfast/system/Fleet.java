package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.demo.RestCalls;
import io.holdfast.embedded.Stack;
import io.holdfast.embedded.StackBuilder;
import io.holdfast.embedded.WorkerCredentials;
import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** A running Holdfast and the clusters that a test gives it. */
final class Fleet implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static Fleet shared;

  private final Path folder;
  private final Stack stack;
  private final RestCalls api;
  private final Declarations declarations;

  private Fleet(UnaryOperator<StackBuilder> more) {
    folder = Folders.in(Path.of(System.getProperty("java.io.tmpdir")), "system");
    stack =
        more.apply(
                Stack.builder(folder.resolve("stack"))
                    .setting("holdfast.jobs.lease", "6s")
                    .setting("holdfast.jobs.accept-within", "10s")
                    .setting("holdfast.jobs.retry-backoff", "1s")
                    .setting("holdfast.topology.interval", "5s")
                    .setting("holdfast.archive.announce-interval", "5s")
                    .setting("holdfast.archive.observe-interval", "3s"))
            .start();
    api = new RestCalls(stack.apiUrl(), stack.adminKey());
    declarations = new Declarations(stack, api, folder);
  }

  /** The one that most tests use; it ends with the JVM. */
  static synchronized Fleet shared() {
    if (shared == null) {
      shared = own(2);
      Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
    }
    return shared;
  }

  /** One of its own, for tests that kill parts of it. */
  static Fleet own(int workers) {
    return own(stack -> stack.workers(workers));
  }

  /** One of its own, of an unusual kind. */
  static Fleet own(UnaryOperator<StackBuilder> more) {
    return new Fleet(more);
  }

  /** The stack's store as it is reached at another endpoint, such as that of a proxy. */
  String s3RepositoryAt(String endpoint) {
    return declarations.s3RepositoryAt(endpoint);
  }

  /** Another store with the stack's keys, whose bucket locks objects. */
  String lockingRepositoryAt(String endpoint, String lock) {
    return declarations.lockingRepositoryAt(endpoint, lock);
  }

  String s3Repository() {
    return declarations.s3Repository();
  }

  String filesystemRepository() {
    return declarations.filesystemRepository();
  }

  String filesystemRepositoryAt(Path path) {
    return declarations.filesystemRepositoryAt(path);
  }

  /** A cluster of one node that is reached at a port of 127.0.0.1 which is not its own. */
  String declareBehind(int port, PostgresCluster cluster, String repository) {
    String name = Declarations.fresh("cluster");
    declarations.clusterBehind(name, port, cluster, repository);
    return name;
  }

  /** As {@link #declareBehind(int, PostgresCluster, String)}, with an objective. */
  String declareBehind(int port, PostgresCluster cluster, String repository, Duration objective) {
    String name = Declarations.fresh("cluster");
    declarations.clusterBehind(name, port, cluster, repository, Declarations.objective(objective));
    return name;
  }

  /** Declares it without an archive, and says how much of it may be lost. */
  String declareWithin(
      PostgresCluster cluster, String repository, Login login, Duration objective) {
    String name = Declarations.fresh("cluster");
    declarations.cluster(name, cluster, repository, login, Declarations.objective(objective));
    return name;
  }

  /** Declares it with the least-privileged backup login. */
  String declare(PostgresCluster cluster, String repository) {
    return declare(cluster, repository, false);
  }

  /**
   * @param asSuperuser for clusters that are restored into
   */
  String declare(PostgresCluster cluster, String repository, boolean asSuperuser) {
    String name = Declarations.fresh("cluster");
    declarations.cluster(
        name, cluster, repository, asSuperuser ? cluster.superuser() : cluster.backupLogin());
    return name;
  }

  /**
   * Declares a cluster whose WAL is archived, and sets its servers up as the API says they must be.
   *
   * @param archive JSON members of {@code archive} such as {@code "mode":"PUSH"}
   */
  String declareArchived(PostgresCluster cluster, String repository, String archive)
      throws IOException {
    String name = Declarations.fresh("cluster");
    declarations.archived(name, cluster, repository, archive);
    return name;
  }

  /**
   * As {@link #declareArchived}, encrypted.
   *
   * @param type {@code ENVELOPE} or {@code OPENPGP}
   */
  String declareEncrypted(
      PostgresCluster cluster, String repository, String archive, EncryptionKeys keys, String type)
      throws IOException {
    String name = Declarations.fresh("cluster");
    declarations.encrypted(name, cluster, repository, archive, keys, type);
    return name;
  }

  /** Gives the workers other keys, or takes some away. */
  void keys(Consumer<WorkerCredentials> change) {
    declarations.keys(change);
  }

  /** Declares a cluster again with another {@code encryption}, and all else as it is. */
  void encryptedWith(String cluster, String encryption) {
    declarations.encryptedWith(cluster, encryption);
  }

  /** As {@link #declareArchived}, pushed, with copies in a second repository. */
  String declareCopied(PostgresCluster cluster, String repository, String second)
      throws IOException {
    String name = Declarations.fresh("cluster");
    declarations.archived(
        name,
        cluster,
        repository,
        "\"mode\":\"PUSH\"",
        ",\"copies\":[{\"repository\":\"" + second + "\"}]");
    return name;
  }

  /** The server that holds the stack's own catalog, as a cluster. */
  String declareCatalog(String repository) {
    String name = Declarations.fresh("catalog");
    declarations.server(name, stack.catalog(), repository);
    return name;
  }

  /** Under the names that they had, in a catalog that has lost them. */
  void declareRepositoriesAgain() {
    declarations.repositoriesAgain();
  }

  /** The types and sentences of the job's history, oldest first. */
  List<String> history(String job) {
    List<String> lines = new ArrayList<>();
    api.get("/jobs/" + job + "/events")
        .path("items")
        .forEach(
            event ->
                lines.add(
                    event.path("type").asText()
                        + " "
                        + event.path("code").asText()
                        + " "
                        + event.path("message").asText()));
    return lines;
  }

  Stack stack() {
    return stack;
  }

  RestCalls api() {
    return api;
  }

  /** A cluster that the stack did not start. The caller closes it. */
  PostgresCluster startCluster(int standbys) {
    return startCluster(cluster -> cluster.standbys(standbys));
  }

  /** One of an unusual kind. The caller closes it. */
  PostgresCluster startCluster(UnaryOperator<PostgresCluster.Builder> kind) {
    Path place = folder.resolve(Declarations.fresh("cluster"));
    return kind.apply(PostgresCluster.in(place)).start();
  }

  Databases superuser(PostgresCluster cluster) {
    return Databases.of(cluster.primary());
  }

  /** Posts and returns the id of the job. */
  String start(String path, String json) {
    return api.post(path, json).path("id").asText();
  }

  String backup(String cluster, String json) {
    return start("/clusters/" + cluster + "/backups", json);
  }

  /** A backup that must succeed. */
  String backedUp(String cluster, String json) {
    JsonNode job = finish(backup(cluster, json));
    assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("SUCCEEDED");
    return job.path("result").path("backupId").asText();
  }

  JsonNode job(String id) {
    return api.get("/jobs/" + id);
  }

  /** The job in its terminal state, whichever it is. */
  JsonNode finish(String id) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> job(id), job -> job.path("done").asBoolean());
  }

  /** Waits until the job has moved bytes. */
  void awaitBytes(String id) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> job(id), job -> job.path("progress").path("bytesDone").asLong() > 1_000_000);
  }

  void awaitRunning(String id) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> job(id), job -> job.path("state").asText().equals("RUNNING"));
  }

  /** Waits until some job of the cluster runs, and returns its id. */
  String awaitRunningJob(String cluster) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> api.get("/jobs?state=RUNNING&cluster=" + cluster).path("items"),
            items -> !items.isEmpty())
        .get(0)
        .path("id")
        .asText();
  }

  List<JsonNode> backupsOf(String cluster) {
    List<JsonNode> backups = new ArrayList<>();
    api.get("/backups?cluster=" + cluster).path("items").forEach(backups::add);
    return backups;
  }

  /** Which of the stack's workers runs the job. */
  int workerOf(String id) {
    String worker = job(id).path("worker").asText();
    assertThat(worker).isNotBlank();
    return Integer.parseInt(worker.replaceAll("[^0-9]", ""));
  }

  void fillMegabytes(PostgresCluster cluster, int megabytes) {
    cluster
        .primary()
        .execute(
            "CREATE TABLE IF NOT EXISTS bulk (v text)",
            "INSERT INTO bulk SELECT (SELECT string_agg(md5(random()::text || i || g), '') FROM"
                + " generate_series(1, 30) g) FROM generate_series(1, "
                + megabytes * 1000
                + ") i");
  }

  /** Waits until the source is as it was found: nobody reads WAL and no temporary slot is left. */
  void awaitNoTrace(PostgresCluster cluster) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(
                        cluster
                            .primary()
                            .queryText(
                                "SELECT count(*) FROM pg_stat_activity WHERE application_name ="
                                    + " 'holdfast' AND backend_type = 'walsender'"))
                    .isEqualTo("0"));
  }

  /** An empty directory that PostgreSQL's account may use, for a tablespace. */
  Path directoryForServer(PostgresCluster cluster, String name) throws IOException {
    Path directory = Files.createDirectory(folder.resolve(Declarations.fresh(name)));
    return Files.setOwner(directory, Files.getOwner(cluster.primary().data()));
  }

  /** What the workers said, as it lies on Kafka. */
  EventsTopic eventsTopic() {
    return new EventsTopic(stack.kafkaBootstrap());
  }

  /**
   * What must hold after any fault: a backup that is shown has a manifest whose every object is
   * there with the right size and digest. Asked of the store itself, and of a verification.
   */
  void assertAlwaysTrue(String cluster) {
    for (JsonNode backup : backupsOf(cluster)) {
      JsonNode verified =
          finish(
              start(
                  "/backups/" + backup.path("id").asText() + "/verifications",
                  "{\"level\":\"CHECKSUM\"}"));
      assertThat(verified.path("state").asText()).as(verified.toString()).isEqualTo("SUCCEEDED");
    }
  }

  /** The copy that was restored into {@code data}, running. The caller closes it. */
  PostgresServer openRestored(Path data, PostgresCluster source) {
    return PostgresServer.open(data.getParent(), source.superuser()).start();
  }

  Path restoreRoot() {
    return stack.restoresRoot();
  }

  /** Clusters that the fleet was asked for must have been closed before: their files go, too. */
  @Override
  public void close() {
    stack.close();
    Folders.delete(folder);
  }
}
