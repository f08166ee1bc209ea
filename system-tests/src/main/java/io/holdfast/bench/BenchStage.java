package io.holdfast.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.demo.RestCalls;
import io.holdfast.embedded.Stack;
import io.holdfast.embedded.WorkerCredentials;
import io.holdfast.embedded.gpg.GnuPg;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Await;
import io.holdfast.embedded.process.Folders;
import io.holdfast.embedded.s3.EmbeddedS3;
import io.holdfast.embedded.s3.ServerCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A cluster of the wanted size and a stack that backs it up, in a folder that is removed at the
 * end. The peers are given the same server over the same kind of connection.
 */
final class BenchStage implements AutoCloseable {
  static final String DATABASE = "bench";
  private static final String LOGIN = "bench";

  private final Path folder;
  private final PostgresCluster cluster;
  private final EmbeddedS3 store;
  private final ServerCertificate certificate;
  private final Stack stack;
  private final RestCalls api;
  private final WorkerCredentials credentials = new WorkerCredentials();

  private BenchStage(Path folder, PostgresCluster cluster, Stack stack) {
    this.folder = folder;
    this.cluster = cluster;
    Path tls = Folders.in(folder, "tls");
    this.certificate = ServerCertificate.in(tls);
    this.store =
        EmbeddedS3.start(Folders.in(folder, "s3"), 0, "bench-access", "bench-secret", certificate)
            .bucket(Stack.BUCKET);
    this.stack = stack;
    this.api = new RestCalls(stack.apiUrl(), stack.adminKey());
  }

  /**
   * @param gigabytes of data files; 0 leaves the cluster empty
   * @param settings of the stack
   */
  static BenchStage set(double gigabytes, Map<String, String> settings) {
    Path folder = Folders.temporary("holdfast-bench");
    PostgresCluster.Builder server =
        PostgresCluster.in(folder.resolve("cluster"))
            .standbys(0)
            .setting("shared_buffers", "256MB")
            .setting("max_wal_size", "4GB")
            .setting("synchronous_commit", "off")
            .setting("archive_mode", "on")
            .setting("wal_keep_size", "4GB")
            .setting("archive_command", "/bin/true")
            .setting("autovacuum", "off");
    if (PostgresInstall.newest().major() >= 17) {
      server.setting("summarize_wal", "on");
    }
    PostgresCluster cluster = server.start();
    try {
      if (gigabytes > 0) {
        BenchData.fill(cluster.primary(), gigabytes);
      }
      var builder = Stack.builder(folder.resolve("stack"));
      settings.forEach(builder::setting);
      BenchStage stage = new BenchStage(folder, cluster, builder.start());
      stage.declare();
      return stage;
    } catch (RuntimeException e) {
      cluster.close();
      Folders.delete(folder);
      throw e;
    }
  }

  private void declare() {
    credentials
        .s3OverTls(
            Stack.S3_REFERENCE,
            store.accessKey(),
            store.secretKey(),
            certificate.authority(),
            List.of(store.endpoint()),
            List.of(Stack.BUCKET))
        .repositoryRoot(stack.repositoriesRoot())
        .restoreRoot(stack.restoresRoot())
        .database(LOGIN, cluster.backupLogin(), List.of(server().endpoint()))
        .writeTo(stack.credentialsFile());
    api.put(
        "/repositories/files",
        "{\"type\":\"FILESYSTEM\",\"filesystem\":{\"path\":\"" + repositoryFolder() + "\"}}");
    api.put(
        "/repositories/s3",
        "{\"type\":\"S3\",\"s3\":{\"endpoint\":\""
            + store.endpoint()
            + "\",\"bucket\":\""
            + Stack.BUCKET
            + "\",\"credentialsRef\":\""
            + Stack.S3_REFERENCE
            + "\"}}");
    declareCluster("bench");
  }

  /**
   * The server as a cluster that pushes its WAL.
   *
   * @param archive JSON members of its declaration
   */
  void declareArchived(String name, String repository, String archive) {
    try {
      Path header = folder.resolve(name + ".header");
      Files.writeString(header, "Authorization: Bearer " + UUID.randomUUID() + "\n");
      credentials.archive(name, header, server().data()).writeTo(stack.credentialsFile());
      declareWithArchive(
          name,
          repository,
          String.format(
              "{%s,\"headerFile\":\"%s\",\"endpoint\":\"%s\"}", archive, header, stack.walUrl()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The server as a cluster whose WAL a worker streams, the unfinished segment too. */
  void declareStreamed(String name, String repository) {
    declareWithArchive(name, repository, "{\"mode\":\"STREAM\",\"partialInterval\":\"PT10S\"}");
  }

  private void declareWithArchive(String name, String repository, String archive) {
    api.put(
        "/clusters/" + name,
        String.format(
            "{\"repository\":\"%s\",\"credentialsRef\":\"%s\",\"archive\":%s,\"nodes\":[{"
                + "\"name\":\"primary\",\"host\":\"%s\",\"port\":%d}]}",
            repository, LOGIN, archive, server().host(), server().port()));
    Await.until(
        "a worker has looked at the archive",
        Duration.ofMinutes(2),
        () -> api.get("/clusters/" + name + "/recovery-windows").hasNonNull("lastObservedAt"));
  }

  /** Curl as it speaks with the store; options and an address follow. */
  String signedCurl() {
    return "curl --silent --show-error --fail --insecure --aws-sigv4 aws:amz:us-east-1:s3 --user "
        + store().accessKey()
        + ":"
        + store().secretKey()
        // curl 7.88 signs the digest of nothing and does not say so.
        + " --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD'";
  }

  /** As the API says for {@link #declareArchived}. */
  String archiveCommand(String name) {
    return api.get("/clusters/" + name + "/archive-settings").path("archiveCommand").asText();
  }

  /** As the API says for {@link #declareArchived}. */
  String restoreCommand(String name) {
    return api.get("/clusters/" + name + "/archive-settings").path("restoreCommand").asText();
  }

  /** The server under another name, so that admission counts it by itself. */
  void declareCluster(String name) {
    moveCluster(name, "default");
  }

  /** Declares the cluster, anew if it is known, for the workers of this pool. */
  void moveCluster(String name, String pool) {
    String path = "/clusters/" + name;
    boolean known = api.call("GET", path, null).status() == 200;
    String json =
        String.format(
            "{\"repository\":\"files\",\"credentialsRef\":\"%s\",\"pool\":\"%s\",\"nodes\":[{"
                + "\"name\":\"primary\",\"host\":\"%s\",\"port\":%d}]}",
            LOGIN, pool, server().host(), server().port());
    var answer = known ? api.call("PUT", path, json, "If-Match", "*") : api.call("PUT", path, json);
    if (answer.status() / 100 != 2) {
      throw new IllegalStateException(answer.status() + ": " + answer.text());
    }
  }

  /**
   * The server as a cluster whose backups are encrypted, with keys that are made for it.
   *
   * @param gpg has the recipient {@code bench} and signs
   */
  void declareEncrypted(String name, String encryption, Path key, GnuPg gpg) {
    credentials
        .envelopeKey("bench", key)
        .openPgpKey(
            "bench",
            gpg.exportPublic("bench", folder.resolve("bench.public")),
            gpg.exportSecret("bench", "", folder.resolve("bench.secret")),
            null,
            true)
        .writeTo(stack.credentialsFile());
    api.put(
        "/clusters/" + name,
        String.format(
            "{\"repository\":\"files\",\"credentialsRef\":\"%s\",\"encryption\":%s,\"nodes\":[{"
                + "\"name\":\"primary\",\"host\":\"%s\",\"port\":%d}]}",
            LOGIN, encryption, server().host(), server().port()));
  }

  Path folder() {
    return folder;
  }

  /** The store of all contenders; it runs in this process, over TLS. */
  EmbeddedS3 store() {
    return store;
  }

  Path repositoryFolder() {
    return stack.repositoriesRoot().resolve("files");
  }

  PostgresServer server() {
    return cluster.primary();
  }

  /** Of everything that takes part: both database servers, the stack, the peers. */
  ProcessTimes times() {
    ProcessTimes times = new ProcessTimes();
    times.include(server().process());
    times.include(stack.catalog().process());
    return times;
  }

  Stack stack() {
    return stack;
  }

  RestCalls api() {
    return api;
  }

  /** The connection that libpq programs are given; the password is in the environment. */
  Map<String, String> libpq() {
    return Map.of(
        "PGHOST", server().host(),
        "PGPORT", Integer.toString(server().port()),
        "PGUSER", cluster.backupLogin().username(),
        "PGPASSWORD", cluster.backupLogin().password());
  }

  /** A program of the server's own major. */
  String program(String name) {
    return server().install().program(name).toString();
  }

  /**
   * A job by one {@code POST}, waited for as a pipeline step would.
   *
   * @return the finished job
   * @throws IllegalStateException when it did not succeed
   */
  JsonNode run(String path, String json) {
    String id = api.post(path + "?wait=50", json).path("id").asText();
    JsonNode job = api.get("/jobs/" + id);
    while (!job.path("done").asBoolean()) {
      api.get("/jobs/" + id + "/outcome?wait=50");
      job = api.get("/jobs/" + id);
    }
    if (!"SUCCEEDED".equals(job.path("state").asText())) {
      throw new IllegalStateException(job.path("problem").toString());
    }
    return job;
  }

  /** A backup of the cluster, the whole of it or as the JSON says. */
  JsonNode backup(String json) {
    return backup("bench", json);
  }

  /** As {@link #backup(String)}, of the server by another name. */
  JsonNode backup(String cluster, String json) {
    JsonNode job = run("/clusters/" + cluster + "/backups", json);
    return api.get("/backups/" + job.path("result").path("backupId").asText());
  }

  /** Ends a server that a restore started, and removes what was restored. */
  void discardRestored(Path data) {
    Shell.run(
        AsServer.prefix() + program("pg_ctl") + " stop -s -w -m immediate -D '" + data + "'",
        Map.of());
    Folders.delete(data);
  }

  @Override
  public void close() {
    try (PostgresCluster last = cluster;
        EmbeddedS3 store = this.store) {
      // A server that stops archives what is left first, longer than anybody waits for it.
      server().set(Map.of("archive_command", "/bin/true"));
      server().execute("select pg_reload_conf()");
      stack.close();
    } finally {
      if (Files.exists(folder)) {
        Folders.delete(folder);
      }
    }
  }
}
