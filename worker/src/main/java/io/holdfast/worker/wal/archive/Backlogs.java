package io.holdfast.worker.wal.archive;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.secret.Credentials;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;

/**
 * The backlogs of the servers on this host whose data directories this worker may read. Only its
 * own configuration says which; a server that names another directory as its own is a copy that
 * still has its source's configuration, or a mistake. Thread-safe.
 */
final class Backlogs {
  private final OpenArchives archives;
  private final Credentials credentials;
  private final Room room;
  private final ExecutorService threads;
  private final Map<String, Backlog> byCluster = new ConcurrentHashMap<>();

  Backlogs(OpenArchives archives, Credentials credentials, Room room, ExecutorService threads) {
    this.archives = archives;
    this.credentials = credentials;
    this.room = room;
    this.threads = threads;
  }

  /**
   * Stores a file out of a server's own directory; as {@link ClusterArchive#push}.
   *
   * @param directory what the server says its data directory is
   * @throws JobFailure COMMAND_REFUSED when it is not the one that this worker's configuration
   *     names for the cluster
   */
  boolean archive(ClusterArchive archive, WalFileName file, Path directory) throws IOException {
    String cluster = archive.cluster().name();
    Path data =
        credentials
            .archiveDataDirectory(cluster)
            .orElseThrow(
                () ->
                    new JobFailure(
                        ErrorCode.COMMAND_REFUSED,
                        "this worker's configuration names no data directory of cluster '"
                            + cluster
                            + "'",
                        "Set archives."
                            + cluster
                            + ".dataDirectory in its credentials file, or"
                            + " have the server send its files (archive.transfer SEND)."));
    Backlog backlog =
        byCluster.compute(
            cluster,
            (name, known) ->
                known != null && known.server().data().equals(data)
                    ? known
                    : backlog(name, new ServerDirectory(data)));
    if (!backlog.server().is(directory)) {
      throw archive.foreign(file, "a server asks to archive that does not run in " + data);
    }
    return backlog.archive(file);
  }

  private Backlog backlog(String cluster, ServerDirectory directory) {
    return new Backlog(
        directory, (file, server, bytes) -> store(cluster, file, server, bytes), threads);
  }

  private boolean store(String cluster, WalFileName file, ServerDirectory server, long bytes)
      throws IOException {
    ClusterArchive.requireWithinLimit(file, bytes);
    ClusterArchive archive =
        archives
            .of(cluster)
            .orElseThrow(
                () ->
                    new JobFailure(
                        ErrorCode.COMMAND_REFUSED,
                        "cluster '" + cluster + "' is no longer archived",
                        "Declare its archive again."));
    return room.within(
        bytes,
        () -> {
          try (InputStream content = server.open(file)) {
            return archive.push(file, content, bytes);
          }
        });
  }
}
