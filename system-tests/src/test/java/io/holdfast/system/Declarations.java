package io.holdfast.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.demo.RestCalls;
import io.holdfast.embedded.Stack;
import io.holdfast.embedded.WorkerCredentials;
import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The repositories and clusters that tests declare at one stack, and what its workers are told of
 * them beside the API: logins, keys, tokens and places.
 */
final class Declarations {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final Stack stack;
  private final RestCalls api;
  private final Path folder;
  private final WorkerCredentials credentials = new WorkerCredentials();
  private final Map<String, String> repositories = new LinkedHashMap<>();
  private final Map<String, String> declared = new LinkedHashMap<>();

  /**
   * @param folder for the files that servers read their tokens from
   */
  Declarations(Stack stack, RestCalls api, Path folder) {
    this.stack = stack;
    this.api = api;
    this.folder = folder;
    s3Keys(List.of(stack.s3().endpoint()))
        .repositoryRoot(stack.repositoriesRoot())
        .restoreRoot(stack.restoresRoot())
        .writeTo(stack.credentialsFile());
  }

  private WorkerCredentials s3Keys(List<String> endpoints) {
    return credentials.s3(
        Stack.S3_REFERENCE,
        stack.s3().accessKey(),
        stack.s3().secretKey(),
        endpoints,
        List.of(Stack.BUCKET));
  }

  /** A name that no other test has. */
  static String fresh(String kind) {
    return kind + "-" + NUMBER.incrementAndGet();
  }

  String filesystemRepository() {
    return repositories.computeIfAbsent(
        "FILESYSTEM", type -> filesystemRepositoryAt(stack.repositoriesRoot().resolve("files")));
  }

  String filesystemRepositoryAt(Path path) {
    return repository("{\"type\":\"FILESYSTEM\",\"filesystem\":{\"path\":\"" + path + "\"}}");
  }

  String s3Repository() {
    return repositories.computeIfAbsent(
        "S3", type -> repository(s3RepositoryJson(stack.s3().endpoint())));
  }

  /** The stack's store as it is reached at another endpoint, such as that of a proxy. */
  String s3RepositoryAt(String endpoint) {
    s3Keys(List.of(stack.s3().endpoint(), endpoint)).writeTo(stack.credentialsFile());
    return repository(s3RepositoryJson(endpoint));
  }

  /**
   * Another store with the same keys, whose bucket locks objects.
   *
   * @param lock JSON members of {@code objectLock}
   */
  String lockingRepositoryAt(String endpoint, String lock) {
    s3Keys(List.of(stack.s3().endpoint(), endpoint)).writeTo(stack.credentialsFile());
    return repository(s3RepositoryJson(endpoint).replace("}}", ",\"objectLock\":{" + lock + "}}}"));
  }

  static String s3RepositoryJson(String endpoint) {
    return "{\"type\":\"S3\",\"s3\":{\"endpoint\":\""
        + endpoint
        + "\",\"bucket\":\""
        + Stack.BUCKET
        + "\",\"credentialsRef\":\""
        + Stack.S3_REFERENCE
        + "\"}}";
  }

  private String repository(String json) {
    String name = fresh("repository");
    api.put("/repositories/" + name, json);
    declared.put(name, json);
    return name;
  }

  void repositoriesAgain() {
    declared.forEach((name, json) -> api.put("/repositories/" + name, json));
  }

  /** A cluster of one node that is reached at a port of 127.0.0.1 which is not its own. */
  void clusterBehind(String name, int port, PostgresCluster cluster, String repository) {
    clusterBehind(name, port, cluster, repository, "");
  }

  /**
   * @param more JSON members of the declaration, each with a comma in front
   */
  void clusterBehind(
      String name, int port, PostgresCluster cluster, String repository, String more) {
    credentials
        .database(name, cluster.backupLogin(), List.of("127.0.0.1:" + port))
        .writeTo(stack.credentialsFile());
    put(name, repository, List.of(node("only", "127.0.0.1", port)), more);
  }

  /** A server that no cluster of the tests holds, under its superuser. */
  void server(String name, PostgresServer server, String repository) {
    credentials
        .database(name, server.superuser(), List.of(server.endpoint()))
        .writeTo(stack.credentialsFile());
    put(name, repository, List.of(node("only", server.host(), server.port())), "");
  }

  /**
   * @param login under which workers come
   */
  void cluster(String name, PostgresCluster cluster, String repository, Login login) {
    cluster(name, cluster, repository, login, "");
  }

  /**
   * Declares a cluster whose WAL is archived, and sets its servers up as the API says they must be.
   *
   * @param archive JSON members of {@code archive} such as {@code "mode":"PUSH"}
   */
  void archived(String name, PostgresCluster cluster, String repository, String archive)
      throws IOException {
    archived(name, cluster, repository, archive, "");
  }

  /**
   * As {@link #archived(String, PostgresCluster, String, String)}, encrypted with one of the keys.
   *
   * @param type {@code ENVELOPE} or {@code OPENPGP}
   */
  void encrypted(
      String name,
      PostgresCluster cluster,
      String repository,
      String archive,
      EncryptionKeys keys,
      String type)
      throws IOException {
    keys.into(credentials);
    archived(name, cluster, repository, archive, ",\"encryption\":" + EncryptionKeys.json(type));
  }

  void keys(Consumer<WorkerCredentials> change) {
    change.accept(credentials);
    credentials.writeTo(stack.credentialsFile());
  }

  /**
   * @param encryption JSON
   */
  void encryptedWith(String name, String encryption) {
    JsonNode now = api.get("/clusters/" + name);
    ObjectNode again = JsonNodeFactory.instance.objectNode();
    for (String member : List.of("repository", "credentialsRef", "nodes", "archive", "copies")) {
      if (now.has(member)) {
        again.set(member, now.get(member));
      }
    }
    RestCalls.Answer answer =
        api.call(
            "PUT",
            "/clusters/" + name,
            again.toString().replaceFirst("\\{", "{\"encryption\":" + encryption + ","),
            "If-Match",
            "*");
    if (answer.status() != 200) {
      throw new IllegalStateException(answer.text());
    }
  }

  /**
   * @param more JSON members of the declaration, each with a comma in front
   */
  void archived(
      String name, PostgresCluster cluster, String repository, String archive, String more)
      throws IOException {
    Path header = folder.resolve(name + ".header");
    Files.writeString(header, "Authorization: Bearer " + UUID.randomUUID() + "\n");
    credentials.archive(name, header);
    cluster(
        name,
        cluster,
        repository,
        cluster.superuser(),
        ",\"archive\":{"
            + archive
            + ",\"headerFile\":\""
            + header
            + "\",\"endpoint\":\""
            + stack.walUrl()
            + "\"}"
            + more);
    JsonNode settings = api.get("/clusters/" + name + "/archive-settings");
    if (settings.hasNonNull("archiveCommand")) {
      Archivers.run(cluster, settings.path("archiveCommand").asText());
    }
  }

  /** A member of a declaration, with a comma in front. */
  static String objective(Duration objective) {
    return ",\"recoveryPointObjective\":\"" + objective + "\"";
  }

  /**
   * @param login under which workers come
   * @param more JSON members of the declaration, each with a comma in front
   */
  void cluster(String name, PostgresCluster cluster, String repository, Login login, String more) {
    List<String> endpoints = new ArrayList<>();
    List<String> nodes = new ArrayList<>();
    int standby = 0;
    for (PostgresServer server : cluster.nodes()) {
      String node = server == cluster.primary() ? "primary" : "standby-" + ++standby;
      endpoints.add(server.endpoint());
      nodes.add(node(node, server.host(), server.port()));
    }
    credentials.database(name, login, endpoints).writeTo(stack.credentialsFile());
    put(name, repository, nodes, more);
  }

  private static String node(String name, String host, int port) {
    return String.format("{\"name\":\"%s\",\"host\":\"%s\",\"port\":%d}", name, host, port);
  }

  private void put(String name, String repository, List<String> nodes, String more) {
    api.put(
        "/clusters/" + name,
        "{\"repository\":\""
            + repository
            + "\",\"credentialsRef\":\""
            + name
            + "\",\"nodes\":["
            + String.join(",", nodes)
            + "]"
            + more
            + "}");
  }
}
