package io.holdfast.worker.recovery;

import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.wal.WalStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** What a server's archiver has copied into a folder, put into a repository as a test likes. */
final class ArchivedFiles {
  private final ArchivedCluster cluster;
  private final Path folder;
  private final Set<String> put = new HashSet<>();

  ArchivedFiles(ArchivedCluster cluster, Path folder) {
    this.cluster = cluster;
    this.folder = folder;
  }

  /** Returns when the archiver has copied it. */
  void await(String file) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(folder.resolve(file)));
  }

  /** All that is new. */
  void put() throws IOException {
    put(content -> content, name -> true);
  }

  /** All that was ever archived, into whatever place is free. */
  void putAgain() throws IOException {
    put.clear();
    put();
  }

  /** Those that are wanted and new, changed. */
  void put(UnaryOperator<byte[]> change, Predicate<String> wanted) throws IOException {
    try (Repository repository = cluster.repositories().open(cluster.repository());
        Stream<Path> files = Files.list(folder)) {
      WalStore store =
          new WalStore(
              repository,
              cluster.layout(),
              new Seals(new Keyring(cluster.credentials())),
              cluster.encryption(),
              Clock.systemUTC());
      for (Path path : files.sorted().toList()) {
        String name = path.getFileName().toString();
        Optional<WalFileName> file = WalFileName.parse(name);
        if (file.isPresent() && wanted.test(name) && put.add(name)) {
          byte[] content = change.apply(Files.readAllBytes(path));
          try (InputStream in = new ByteArrayInputStream(content)) {
            WalStore.Stored unused =
                store.put(file.get(), store.encode(file.get(), in, content.length, 3));
          }
        }
      }
    }
  }
}
