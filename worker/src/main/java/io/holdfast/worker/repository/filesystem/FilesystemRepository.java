package io.holdfast.worker.repository.filesystem;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.repository.Capabilities;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Keys;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.StagedObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A directory, local or mounted. Objects are files under their keys; unfinished ones are hidden
 * files beside them. Needs hard links for {@link #createIfAbsent}, as every POSIX file system has.
 */
public final class FilesystemRepository implements Repository {
  private final Path root;
  private final Directories directories;

  /**
   * @param root absolute; created when missing. Already checked against the allowed roots.
   */
  public FilesystemRepository(Path root) {
    if (!root.isAbsolute()) {
      throw new IllegalArgumentException("a repository directory is absolute: " + root);
    }
    this.root = root.normalize();
    this.directories = new Directories(this.root);
  }

  private Path path(String key) {
    Path path = root.resolve(Keys.check(key));
    directories.refuseLinks(path);
    return path;
  }

  @Override
  public StagedObject stage(String key, long expectedBytes) {
    try {
      return new PartialFile(key, path(key), directories);
    } catch (IOException e) {
      throw FilesystemErrors.translate("stage", key, e);
    }
  }

  @Override
  public boolean createIfAbsent(String key, byte[] content) {
    Path target = path(key);
    try (PartialFile partial = new PartialFile(key, target, directories)) {
      partial.write(content, 0, content.length);
      partial.finish();
      Files.createLink(target, partial.path());
      Directories.sync(target.getParent());
      return true;
    } catch (FileAlreadyExistsException taken) {
      sync(key, target);
      return false;
    } catch (IOException e) {
      throw FilesystemErrors.translate("create", key, e);
    }
  }

  @Override
  public boolean createPassing(String key, byte[] content) {
    return createIfAbsent(key, content);
  }

  @Override
  public boolean replace(String key, byte[] content) {
    Path target = path(key);
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (PartialFile partial = new PartialFile(key, target, directories)) {
      partial.write(content, 0, content.length);
      return partial.takeThePlace();
    } catch (IOException e) {
      throw FilesystemErrors.translate("replace", key, e);
    }
  }

  /** Whoever made it may have died before its name was durable; who asks now builds on it. */
  private static void sync(String key, Path target) {
    try {
      Directories.sync(target.getParent());
    } catch (IOException e) {
      throw FilesystemErrors.translate("create", key, e);
    }
  }

  @Override
  public InputStream open(String key) {
    Path path = path(key);
    try {
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        throw FilesystemErrors.absent(key);
      }
      return Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      throw FilesystemErrors.absent(key);
    } catch (IOException e) {
      throw FilesystemErrors.translate("open", key, e);
    }
  }

  @Override
  public Optional<ObjectStat> stat(String key) {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path(key), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile()
          ? Optional.of(new ObjectStat(key, attributes.size()))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw FilesystemErrors.translate("stat", key, e);
    }
  }

  @Override
  public List<ObjectStat> list(String prefix) {
    return files(prefix).stream()
        .filter(file -> !PartialFile.isPartial(file))
        .map(file -> root.relativize(file).toString())
        .map(this::stat)
        .flatMap(Optional::stream)
        .sorted(Comparator.comparing(ObjectStat::key))
        .toList();
  }

  private List<Path> files(String prefix) {
    Path folder = root.resolve(Keys.checkPrefix(prefix));
    directories.refuseLinks(folder);
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).toList();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (UncheckedIOException e) {
      // A folder that another writer removed while it was walked: look again.
      if (e.getCause() instanceof NoSuchFileException) {
        return files(prefix);
      }
      throw FilesystemErrors.translate("list", prefix, e.getCause());
    } catch (IOException e) {
      throw FilesystemErrors.translate("list", prefix, e);
    }
  }

  @Override
  public void delete(String key) {
    Path path = path(key);
    try {
      if (Files.deleteIfExists(path)) {
        Directories.sync(path.getParent());
        directories.removeEmptyParents(path);
      }
    } catch (IOException e) {
      throw FilesystemErrors.translate("delete", key, e);
    }
  }

  @Override
  public void hold(String key, boolean held) {
    throw new JobFailure(
        ErrorCode.REPOSITORY_REFUSED,
        "a directory has no legal holds",
        "Declare a repository in a bucket with object lock.");
  }

  @Override
  public void discardUnfinished(String prefix, Predicate<String> dead) {
    for (Path file : files(prefix)) {
      if (PartialFile.isPartial(file)
          && dead.test(root.relativize(PartialFile.target(file)).toString())) {
        try {
          Files.deleteIfExists(file);
          directories.removeEmptyParents(file);
        } catch (IOException e) {
          throw FilesystemErrors.translate("discard", root.relativize(file).toString(), e);
        }
      }
    }
  }

  @Override
  public Capabilities probe() {
    String key = "probes/" + UUID.randomUUID();
    byte[] content = "holdfast probe\n".getBytes(StandardCharsets.US_ASCII);
    try {
      boolean created = createIfAbsent(key, content);
      boolean refused = !createIfAbsent(key, content);
      boolean listed = list("probes/").contains(new ObjectStat(key, content.length));
      return new Capabilities(created, created && refused, true, listed, false, true, null);
    } finally {
      delete(key);
    }
  }

  @Override
  public void close() {}
}
