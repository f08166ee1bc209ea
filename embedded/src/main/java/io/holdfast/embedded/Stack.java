package io.holdfast.embedded;

import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.ChildJvm;
import io.holdfast.embedded.process.Signal;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A running system: Kafka, S3 and the catalog's PostgreSQL in this JVM or beside it (or elsewhere,
 * see {@link Ground}), API replicas and workers as processes of their own. {@link #close()} stops
 * everything; the state folder stays, and a stack started on it again has the same ports, keys and
 * contents.
 *
 * <p>Not thread-safe. Logs: {@code <state>/api-<i>/api-<i>.log} and the like for workers.
 */
public final class Stack implements AutoCloseable {
  /** The reference under which the worker's credentials hold the keys of {@link #s3()}. */
  public static final String S3_REFERENCE = "embedded-s3";

  /** The bucket that exists from the start. */
  public static final String BUCKET = "backups";

  /** The reference of the demo cluster's backup login. */
  public static final String DEMO_REFERENCE = "demo";

  /** What runs; whatever is optional is absent when it was not asked for. */
  record Parts(
      StackState state,
      StackFolders folders,
      Ground ground,
      Optional<StackBuilder.Own> own,
      Optional<PostgresCluster> demo,
      Services api,
      Services workers) {}

  private final Parts parts;
  private final Closing closing;

  Stack(Parts parts, Closing closing) {
    this.parts = parts;
    this.closing = closing;
  }

  /**
   * @param stateFolder absent, empty, or of an earlier stack
   */
  public static StackBuilder builder(Path stateFolder) {
    return new StackBuilder(stateFolder);
  }

  /** Of the first replica, without {@code /api/v1}. */
  public URI apiUrl() {
    return apiUrl(0);
  }

  public URI apiUrl(int replica) {
    return URI.create("http://127.0.0.1:" + parts.state().port("api-" + replica));
  }

  /** Where health and metrics of a replica are. */
  public URI apiManagementUrl(int replica) {
    return URI.create(
        "http://127.0.0.1:" + parts.state().port("api-" + replica + ".management") + "/q");
  }

  /** Where servers on this host push WAL, to whichever worker holds the port. */
  public URI walUrl() {
    return URI.create("http://127.0.0.1:" + parts.state().port("wal"));
  }

  /** Where health and metrics of a worker are. */
  public URI workerManagementUrl(int index) {
    return URI.create(
        "http://127.0.0.1:" + parts.state().port("worker-" + index + ".management") + "/q");
  }

  public String adminKey() {
    return parts.state().adminKey();
  }

  public String signingKeyId() {
    return parts.state().signingKeyId();
  }

  /** PKCS#8 in Base64: with it a test can sign what the API would. */
  public String signingPrivateKey() {
    return parts.state().signingPrivateKey();
  }

  public String kafkaBootstrap() {
    return parts.ground().kafkaBootstrap();
  }

  /** What the services stand on, the stack's own or not. */
  public Ground ground() {
    return parts.ground();
  }

  /** The stack's own broker, to be stopped, killed and started again. */
  public Broker kafka() {
    return own().kafka();
  }

  /** The stack's own object store, to be stopped, killed and started again. */
  public Store s3() {
    return own().s3();
  }

  /** The stack's own server that holds database {@code holdfast}. */
  public PostgresServer catalog() {
    return own().catalog();
  }

  private StackBuilder.Own own() {
    return parts
        .own()
        .orElseThrow(() -> new IllegalStateException("stands on parts that are not its own"));
  }

  public Login catalogLogin() {
    return parts.ground().catalogLogin();
  }

  /**
   * @throws IllegalStateException when the stack was started without one
   */
  public PostgresCluster demoCluster() {
    return parts
        .demo()
        .orElseThrow(() -> new IllegalStateException("started without the demo cluster"));
  }

  public Path stateFolder() {
    return parts.state().folder();
  }

  /** The file with the worker's logins and keys; a running worker reads it again by itself. */
  public Path credentialsFile() {
    return parts.folders().credentials();
  }

  /** What the stack itself needs in that file; add to it and write it to replace the file. */
  public WorkerCredentials credentials() {
    return StackBuilder.credentials(parts.folders(), parts.ground(), parts.demo());
  }

  /** Filesystem repositories may lie below it. */
  public Path repositoriesRoot() {
    return parts.folders().repositories();
  }

  /** Physical restores may lie below it. */
  public Path restoresRoot() {
    return parts.folders().restores();
  }

  public ProcessHandle apiProcess(int replica) {
    return parts.api().get(replica).process();
  }

  public ProcessHandle workerProcess(int index) {
    return parts.workers().get(index).process();
  }

  public Path apiLog(int replica) {
    return parts.api().get(replica).log();
  }

  public Path workerLog(int index) {
    return parts.workers().get(index).log();
  }

  /** SIGKILL; its children are its own matter. */
  public void killApi(int replica) {
    parts.api().get(replica).kill();
  }

  public void killWorker(int index) {
    parts.workers().get(index).kill();
  }

  /** SIGTERM; answers when it is gone. */
  public void stopWorker(int index) {
    ChildJvm worker = parts.workers().get(index);
    worker.close();
  }

  /** SIGSTOP: it holds its connections and does nothing. */
  public void freezeWorker(int index) {
    Signal.STOP.send(workerProcess(index));
  }

  public void thawWorker(int index) {
    Signal.CONT.send(workerProcess(index));
  }

  /** Ends it if it runs still, and answers when its successor is ready on the same ports. */
  public void restartApi(int replica) {
    parts.api().restart(replica);
  }

  public void restartWorker(int index) {
    parts.workers().restart(index);
  }

  /** As {@link #restartWorker}, without waiting: while Kafka is away it does not become ready. */
  public void relaunchWorker(int index) {
    parts.workers().relaunch(index);
  }

  @Override
  public void close() {
    closing.close();
  }
}
