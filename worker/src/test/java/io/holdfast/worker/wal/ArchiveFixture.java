package io.holdfast.worker.wal;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.SecretRef;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.command.CommandHeader;
import io.holdfast.model.command.JobCommand.ArchiveCluster;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.wal.ArchiveSpec;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.node.NodeProbe;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.repository.configured.ConfiguredRepositories;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.wal.archive.Declarations;
import io.holdfast.worker.wal.archive.OpenArchives;
import io.holdfast.worker.wal.archive.WalListener;
import io.holdfast.worker.wal.observe.ArchiveObserver;
import io.holdfast.worker.wal.stream.Streams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A real cluster whose servers push to a real listener, which stores in a directory. */
public final class ArchiveFixture implements AutoCloseable {
  public static final String CLUSTER = "orders";
  private static final String TOKEN = "a-token-of-thirty-two-characters";

  public final Path folder;
  public final PostgresCluster servers;
  public final ClusterSpec cluster;
  public final OpenArchives archives;
  public final WalListener listener;
  public final List<String> alarms = Collections.synchronizedList(new ArrayList<>());
  public final Credentials credentials;
  private final NodeProbe probe;
  private final Declarations declarations;
  private long revision;

  public ArchiveFixture(PostgresCluster.Builder builder, Path folder) throws IOException {
    this(builder, folder, repositories -> repositories);
  }

  /**
   * @param repositories may put something between the archive and its directory
   */
  public ArchiveFixture(
      PostgresCluster.Builder builder, Path folder, UnaryOperator<RepositoryFactory> repositories)
      throws IOException {
    this.folder = folder;
    this.servers = builder.setting("archive_mode", "on").start();
    List<NodeSpec> nodes = new ArrayList<>();
    for (PostgresServer server : servers.nodes()) {
      nodes.add(new NodeSpec("pg-" + (nodes.size() + 1), server.host(), server.port()));
    }
    this.cluster =
        new ClusterSpec(
            CLUSTER,
            nodes,
            new SecretRef("orders-db"),
            null,
            null,
            null,
            servers.primary().queryText("select system_identifier::text from pg_control_system()"));
    Files.writeString(header(), "Authorization: Bearer " + TOKEN + "\n");
    Files.setPosixFilePermissions(header(), PosixFilePermissions.fromString("rw-r--r--"));
    Path file = folder.resolve("credentials.yaml");
    Files.writeString(
        file,
        """
        databases:
          orders-db: { username: %s, password: %s, endpoints: [%s] }
        archives:
          %s: { headerFile: %s, dataDirectory: %s }
        roots: { repositories: [%s] }
        """
            .formatted(
                servers.backupLogin().username(),
                servers.backupLogin().password(),
                String.join(", ", nodes.stream().map(n -> '"' + n.endpoint() + '"').toList()),
                CLUSTER,
                header(),
                servers.primary().data(),
                folder));
    this.credentials = new Credentials(file);
    this.probe = new NodeProbe(Connections.brisk(), credentials, Clock.systemUTC());
    this.declarations = Declarations.open(folder.resolve("state"), signed -> true);
    declare(new ArchiveSpec(null, 0, null, null, false));
    this.archives =
        new OpenArchives(
            declarations,
            repositories.apply(new ConfiguredRepositories(credentials, Waiter.real())),
            new Seals(new Keyring(credentials)),
            probe::probe,
            (name, wal, code, detail, kept) -> alarms.add(code + " " + wal));
    this.listener = WalListener.start(0, archives, credentials);
    servers.nodes().forEach(this::push);
  }

  public static Path temporary() throws IOException {
    Path folder = Folders.temporary("archive");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    return folder;
  }

  public void declare(ArchiveSpec archive) {
    byte[] command =
        Wire.bytes(
            new ArchiveCluster(
                new CommandHeader("c", "default", null, null),
                ++revision,
                cluster,
                new FilesystemRepositorySpec("disk", folder.resolve("repository").toString()),
                archive));
    boolean unused = declarations.take(new Declarations.Signed(command, null, null));
  }

  /** Has a server archive to the listener. */
  public void push(PostgresServer server) {
    archiveWith(server, archiveCommand(CLUSTER));
  }

  /** Ends what a server archives by itself. */
  public void pushNothing(PostgresServer server) {
    archiveWith(server, "/bin/true");
  }

  private static void archiveWith(PostgresServer server, String command) {
    server.set(Map.of("archive_command", command));
    server.execute("select pg_reload_conf()");
  }

  public String archiveCommand(String name) {
    return "curl --silent --show-error --fail --max-time 60 --header @'"
        + header()
        + "' --upload-file %p http://127.0.0.1:"
        + listener.port()
        + "/wal/"
        + name
        + "/%f";
  }

  /** Has the listener read in the server's directory what it is asked to archive. */
  public void pushByName(PostgresServer server) {
    archiveWith(server, archiveCommand(CLUSTER).replace("--upload-file %p", "--data-raw \"$PWD\""));
  }

  public Path header() {
    return folder.resolve("orders.header");
  }

  public WalStore store() {
    return archives.of(CLUSTER).orElseThrow().store();
  }

  /** A worker's streams, not started. */
  public Streams streams() {
    return new Streams(
        declarations, archives, probe::probe, credentials, Clock.systemUTC(), Waiter.real());
  }

  public ArchiveObserver observer() {
    return new ArchiveObserver(cluster, store(), probe::probe, credentials, Clock.systemUTC());
  }

  @Override
  public void close() {
    // A server that stops archives what is left; nobody would take it any more.
    servers.nodes().stream()
        .filter(PostgresServer::isRunning)
        .forEach(server -> archiveWith(server, "/bin/true"));
    try (servers) {
      listener.close();
      archives.close();
    }
  }
}
