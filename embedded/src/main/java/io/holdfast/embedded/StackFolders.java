package io.holdfast.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where things lie. What PostgreSQL must reach lies below {@code reachable}, which is the state
 * folder unless that is below a private one.
 */
record StackFolders(Path state, Path reachable) {
  static StackFolders of(StackState state) {
    StackFolders folders = new StackFolders(state.folder(), state.reachableFolder());
    create(folders.repositories());
    create(folders.restores());
    create(folders.scratch());
    create(folders.workers());
    return folders;
  }

  private static void create(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create " + folder, e);
    }
  }

  Path credentials() {
    return state.resolve("worker-credentials.yaml");
  }

  Path kafka() {
    return state.resolve("kafka");
  }

  Path s3() {
    return state.resolve("s3");
  }

  Path repositories() {
    return state.resolve("repositories");
  }

  Path restores() {
    return reachable.resolve("restores");
  }

  Path scratch() {
    return reachable.resolve("scratch");
  }

  /** What workers keep: a folder for each. */
  Path workers() {
    return state.resolve("workers");
  }

  Path catalog() {
    return reachable.resolve("catalog");
  }

  Path demo() {
    Path folder = reachable.resolve("demo");
    create(folder);
    return folder;
  }
}
