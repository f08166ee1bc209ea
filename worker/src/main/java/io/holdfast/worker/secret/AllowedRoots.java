package io.holdfast.worker.secret;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** Whether a path lies below one of a list of directories, links followed. */
record AllowedRoots(List<String> roots) {
  boolean contain(Path path) {
    if (!path.isAbsolute() || !path.equals(path.normalize())) {
      return false;
    }
    return roots.stream().map(Path::of).anyMatch(root -> below(root, path));
  }

  private static boolean below(Path root, Path path) {
    if (!path.startsWith(root) || path.equals(root)) {
      return false;
    }
    try {
      return realPath(path).startsWith(root.toRealPath());
    } catch (IOException e) {
      return false; // a root that is missing or unreadable allows nothing
    }
  }

  /** The real path of the nearest ancestor that exists; what follows cannot be a link yet. */
  private static Path realPath(Path path) throws IOException {
    Path existing = path;
    // A dangling link exists without being followed: toRealPath fails on it, which refuses it.
    while (existing != null && !Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      existing = existing.getParent();
    }
    return existing == null ? path : existing.toRealPath();
  }
}
