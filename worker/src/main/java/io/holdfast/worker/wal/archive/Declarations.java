package io.holdfast.worker.wal.archive;

import io.holdfast.model.command.JobCommand.ArchiveCluster;
import io.holdfast.model.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * The worker's own, durable view of the clusters it archives: WAL keeps flowing while API and Kafka
 * are away, also when the worker is started meanwhile. A file holds a command as it was signed, and
 * is believed no more than the command was. Workers may share the folder. Thread-safe.
 */
public final class Declarations {
  private static final Logger LOG = Logger.getLogger(Declarations.class);
  private static final String SUFFIX = ".json";

  private final Path folder;
  private final Map<String, Declaration> byCluster = new ConcurrentHashMap<>();

  /**
   * A command as it came.
   *
   * @param value its bytes, in Base64 where this record is written
   */
  public record Signed(byte[] value, String keyId, String signature) {}

  /**
   * @param folder made when it is missing
   * @param authentic whether a trusted key signed it
   */
  public static Declarations open(Path folder, Predicate<Signed> authentic) {
    try {
      Files.createDirectories(folder);
      Declarations declarations = new Declarations(folder);
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
        for (Path file : files) {
          declarations.load(file, authentic);
        }
      }
      return declarations;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the worker's state directory " + folder + " cannot be used", e);
    }
  }

  private Declarations(Path folder) {
    this.folder = folder;
  }

  private void load(Path file, Predicate<Signed> authentic) throws IOException {
    try {
      Signed signed = Wire.read(Files.readAllBytes(file), Signed.class);
      if (authentic.test(signed)) {
        boolean unused = newer(declaration(signed));
        return;
      }
    } catch (UncheckedIOException | IllegalArgumentException | NullPointerException unreadable) {
      // Told below: the next announcement writes it anew.
    }
    LOG.warnf(
        "%s is not a declaration that a trusted key signed; its cluster is not archived before the"
            + " API announces it again",
        file);
  }

  private static Declaration declaration(Signed signed) {
    ArchiveCluster command =
        (ArchiveCluster) Wire.read(signed.value(), io.holdfast.model.command.JobCommand.class);
    return new Declaration(
        command.revision(), command.cluster(), command.repository(), command.archive());
  }

  private synchronized boolean newer(Declaration declaration) {
    Declaration known = byCluster.get(declaration.cluster().name());
    if (known != null && known.revision() >= declaration.revision()) {
      return false;
    }
    byCluster.put(declaration.cluster().name(), declaration);
    return true;
  }

  /**
   * Takes a command that has been found good, and keeps it when it is newer than what is known.
   * Returns when it is durable.
   *
   * @return whether it changed anything
   */
  public synchronized boolean take(Signed signed) {
    Declaration declaration = declaration(signed);
    if (!newer(declaration)) {
      return false;
    }
    String name = declaration.cluster().name() + SUFFIX;
    try {
      Path fresh = Files.createTempFile(folder, ".", ".new");
      Files.write(fresh, Wire.bytes(signed));
      try (FileChannel file = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        file.force(true);
      }
      Files.move(fresh, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // In memory it holds already; the next announcement of a newer one tries the disk again.
      LOG.errorf(e, "the declaration of cluster %s could not be kept", name);
    }
    return true;
  }

  /** Empty for a cluster that this worker was never told to archive, or no longer. */
  public Optional<Declaration> of(String cluster) {
    return Optional.ofNullable(byCluster.get(cluster)).filter(known -> known.archive() != null);
  }

  /** Of every cluster that is archived. */
  public Iterable<Declaration> all() {
    return byCluster.values().stream().filter(known -> known.archive() != null).toList();
  }
}
