package io.holdfast.embedded.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Folders for servers that may run as another account. */
public final class Folders {
  private static final Set<Path> TEMPORARY = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Folders::deleteTemporary));
  }

  private Folders() {}

  /**
   * A new, empty folder below the temporary folder that other accounts can walk through (mode
   * 0755). JUnit's own temporary folders are 0700: a server that dropped root cannot enter them.
   * Removed when this JVM ends, if it is still there.
   */
  public static Path temporary(String prefix) {
    Path folder = in(Path.of(System.getProperty("java.io.tmpdir")), prefix);
    TEMPORARY.add(folder);
    return folder;
  }

  private static void deleteTemporary() {
    for (Path folder : TEMPORARY) {
      if (Files.exists(folder)) {
        try {
          delete(folder);
        } catch (UncheckedIOException stillInUse) {
          // A server that another shutdown hook is stopping; nobody is left to be told.
          continue;
        }
      }
    }
  }

  /** The same below another folder. */
  public static Path in(Path parent, String prefix) {
    try {
      Path folder = Files.createTempDirectory(parent, "holdfast-" + prefix + "-");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      return folder.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create a temporary folder", e);
    }
  }

  /** Deletes a folder and everything below it; symbolic links are removed, never followed. */
  public static void delete(Path folder) {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure)
                throws IOException {
              if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure)
                throws IOException {
              Files.deleteIfExists(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    }
  }
}
