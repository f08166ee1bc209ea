package io.holdfast.embedded;

import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a {@link Stack} should be. */
public final class StackBuilder {
  private static final String WORKER_KEYS = "holdfast.worker.";
  private static final String OUR_KEYS = "holdfast.";

  private final Path stateFolder;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Map<Integer, Map<String, String>> workerSettings = new HashMap<>();
  private int apiReplicas = 1;
  private int workers = 1;
  private boolean brokerAsProcess;
  private boolean storeAsProcess;
  private boolean demoCluster;
  private Ground foreign;
  private ServiceJars jars;
  private List<String> apiJvmOptions = List.of("-Xmx384m");
  private final Map<String, String> workerEnvironment = new HashMap<>();
  // One collector thread is enough beside native compression, and holds less memory back.
  private List<String> workerJvmOptions = List.of("-Xmx256m", "-XX:+UseSerialGC");

  StackBuilder(Path stateFolder) {
    this.stateFolder = stateFolder;
  }

  /** Default: 1. */
  public StackBuilder apiReplicas(int count) {
    apiReplicas = count;
    return this;
  }

  /** Default: 1. Worker i is called {@code worker-i}. */
  public StackBuilder workers(int count) {
    workers = count;
    return this;
  }

  /**
   * A configuration key: {@code holdfast.worker.*} goes to the workers, other {@code holdfast.*} to
   * the API, everything else to both.
   */
  public StackBuilder setting(String key, String value) {
    settings.put(key, value);
    return this;
  }

  /** A configuration key of one worker alone; it goes before {@link #setting}. */
  public StackBuilder workerSetting(int worker, String key, String value) {
    workerSettings.computeIfAbsent(worker, unused -> new HashMap<>()).put(key, value);
    return this;
  }

  /** A primary and two standbys, with their login in the worker's credentials. */
  public StackBuilder demoCluster() {
    demoCluster = true;
    return this;
  }

  /** Kafka as a process of its own, so that it can be killed. */
  public StackBuilder brokerAsProcess() {
    brokerAsProcess = true;
    return this;
  }

  /** S3 as a process of its own, so that it can be killed. */
  public StackBuilder storeAsProcess() {
    storeAsProcess = true;
    return this;
  }

  /** Stands on these instead of on a broker, a store and a catalog of its own. */
  public StackBuilder on(Ground ground) {
    foreign = ground;
    return this;
  }

  /** Default: {@link ServiceJars#built()}. */
  public StackBuilder jars(ServiceJars chosen) {
    jars = chosen;
    return this;
  }

  public StackBuilder apiJvmOptions(String... options) {
    apiJvmOptions = List.of(options);
    return this;
  }

  /** A variable of the workers' environment. */
  public StackBuilder workerEnvironment(String name, String value) {
    workerEnvironment.put(name, value);
    return this;
  }

  public StackBuilder workerJvmOptions(String... options) {
    workerJvmOptions = List.of(options);
    return this;
  }

  /**
   * Starts everything and answers when every service is ready.
   *
   * @throws IllegalStateException when something did not start, with the end of its log; what had
   *     started is stopped
   */
  public Stack start() {
    ServiceJars services = jars == null ? ServiceJars.built() : jars;
    Closing closing = new Closing();
    try {
      StackState state = closing.add(StackState.open(stateFolder));
      StackFolders folders = StackFolders.of(state);
      Optional<Own> own =
          foreign == null ? Optional.of(startOwn(state, folders, closing)) : Optional.empty();
      Ground ground = own.map(parts -> parts.ground(catalogLogin(state))).orElse(foreign);
      Optional<PostgresCluster> demo = Optional.empty();
      if (demoCluster) {
        demo = Optional.of(closing.add(startDemo(state, folders)));
      }
      if (!Files.exists(folders.credentials())) {
        // Once only: from then on the file is the user's, who may have added logins.
        credentials(folders, ground, demo).writeTo(folders.credentials());
      }
      Services api =
          closing.add(
              new Services(
                  "api",
                  state.folder(),
                  services.api(),
                  apiJvmOptions,
                  Map.of(),
                  replica -> apiSettings(state, ground, replica)));
      api.start(apiReplicas);
      Services worker =
          closing.add(
              new Services(
                  "worker",
                  state.folder(),
                  services.worker(),
                  workerJvmOptions,
                  workerEnvironment,
                  index -> workerSettings(state, folders, ground, index)));
      worker.start(workers);
      return new Stack(new Stack.Parts(state, folders, ground, own, demo, api, worker), closing);
    } catch (RuntimeException e) {
      try {
        closing.close();
      } catch (RuntimeException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /** The stack's own broker, store and catalog. */
  record Own(Broker kafka, Store s3, PostgresServer catalog) {
    Ground ground(Login catalogLogin) {
      return new Ground(
          "127.0.0.1:" + kafka.port(),
          s3.endpoint(),
          s3.accessKey(),
          s3.secretKey(),
          catalog.jdbcUrl("holdfast"),
          catalogLogin);
    }
  }

  private Own startOwn(StackState state, StackFolders folders, Closing closing) {
    Broker kafka = closing.add(new Broker(folders.kafka(), state.port("kafka"), brokerAsProcess));
    kafka.start();
    Store s3 =
        closing.add(
            new Store(
                folders.s3(), state.port("s3"), storeAsProcess, "holdfast", state.secret("s3")));
    s3.start();
    return new Own(kafka, s3, closing.add(startCatalog(state, folders)));
  }

  private PostgresServer startCatalog(StackState state, StackFolders folders) {
    Login superuser = new Login("postgres", state.secret("catalog-superuser"));
    boolean isNew = !PostgresServer.exists(folders.catalog());
    PostgresServer server =
        isNew
            ? PostgresServer.create(
                PostgresInstall.newest(),
                folders.catalog(),
                superuser,
                Map.of("max_connections", "200", "shared_buffers", "64MB"))
            : PostgresServer.open(folders.catalog(), superuser);
    server.start(state.port("catalog"));
    if (server
        .queryText("select count(*) from pg_database where datname = 'holdfast'")
        .equals("0")) {
      Login owner = catalogLogin(state);
      // Random Base64url text: nothing in it needs quoting.
      server.execute(
          "drop role if exists holdfast",
          "create role holdfast login password '" + owner.password() + "'",
          "create database holdfast owner holdfast");
    }
    return server;
  }

  static Login catalogLogin(StackState state) {
    return new Login("holdfast", state.secret("catalog"));
  }

  private static PostgresCluster startDemo(StackState state, StackFolders folders) {
    return PostgresCluster.in(folders.demo())
        .superuserPassword(state.secret("demo-superuser"))
        .backupLogin(new Login("holdfast", state.secret("demo-backup")))
        .start();
  }

  static WorkerCredentials credentials(
      StackFolders folders, Ground ground, Optional<PostgresCluster> demo) {
    WorkerCredentials credentials =
        new WorkerCredentials()
            .s3(
                Stack.S3_REFERENCE,
                ground.s3AccessKey(),
                ground.s3SecretKey(),
                List.of(ground.s3Endpoint()),
                List.of(Stack.BUCKET))
            .repositoryRoot(folders.repositories())
            .restoreRoot(folders.restores());
    demo.ifPresent(
        cluster ->
            credentials.database(
                Stack.DEMO_REFERENCE,
                cluster.backupLogin(),
                cluster.nodes().stream().map(PostgresServer::endpoint).toList()));
    return credentials;
  }

  private Map<String, String> apiSettings(StackState state, Ground ground, int replica) {
    Map<String, String> all = common(state, ground, "api-" + replica);
    all.put("quarkus.http.host", "127.0.0.1");
    all.put("quarkus.http.port", Integer.toString(state.port("api-" + replica)));
    all.put("quarkus.datasource.jdbc.url", ground.catalogUrl());
    all.put("quarkus.datasource.username", ground.catalogLogin().username());
    all.put("quarkus.datasource.password", ground.catalogLogin().password());
    all.put("holdfast.bootstrap-admin-key", state.adminKey());
    all.put("holdfast.signing.key-id", state.signingKeyId());
    all.put("holdfast.signing.private-key", state.signingPrivateKey());
    settings.forEach(
        (key, value) -> {
          if (!key.startsWith(WORKER_KEYS)) {
            all.put(key, value);
          }
        });
    return all;
  }

  private Map<String, String> workerSettings(
      StackState state, StackFolders folders, Ground ground, int index) {
    String name = "worker-" + index;
    Map<String, String> all = common(state, ground, name);
    all.put("holdfast.worker.id", name);
    all.put("holdfast.worker.postgres-directories", PostgresInstall.directories());
    all.put("holdfast.worker.credentials-file", folders.credentials().toString());
    all.put("holdfast.worker.scratch-directory", folders.scratch().resolve(name).toString());
    all.put("holdfast.worker.wal-port", Integer.toString(state.port("wal")));
    all.put("holdfast.worker.state-directory", folders.workers().resolve(name).toString());
    all.put("holdfast.worker.trusted-keys." + state.signingKeyId(), state.signingPublicKey());
    settings.forEach(
        (key, value) -> {
          if (key.startsWith(WORKER_KEYS) || !key.startsWith(OUR_KEYS)) {
            all.put(key, value);
          }
        });
    all.putAll(workerSettings.getOrDefault(index, Map.of()));
    return all;
  }

  private static Map<String, String> common(StackState state, Ground ground, String name) {
    Map<String, String> all = new HashMap<>();
    all.put("kafka.bootstrap.servers", ground.kafkaBootstrap());
    all.put("quarkus.management.enabled", "true");
    all.put("quarkus.management.host", "127.0.0.1");
    all.put("quarkus.management.port", Integer.toString(state.port(name + ".management")));
    return all;
  }
}
