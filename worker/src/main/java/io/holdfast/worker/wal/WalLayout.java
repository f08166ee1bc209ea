package io.holdfast.worker.wal;

import io.holdfast.model.ResourceName;
import io.holdfast.model.wal.WalFileName;
import java.util.Locale;
import java.util.Optional;

/**
 * Where the WAL of one cluster lies in a repository. A server that was set up anew under the same
 * cluster name has another system identifier and so another folder.
 *
 * @param systemIdentifier decimal text
 */
public record WalLayout(String cluster, String systemIdentifier) {
  private static final String SUFFIX = ".zst";
  private static final int NAME_CHARACTERS = 24;

  public WalLayout {
    ResourceName.check("cluster name", cluster);
    if (!systemIdentifier.matches("[0-9]{1,20}")) {
      throw new IllegalArgumentException("not a system identifier: " + systemIdentifier);
    }
  }

  /** The folder with a folder per system identifier. */
  public static String all(String cluster) {
    return "clusters/" + ResourceName.check("cluster name", cluster) + "/wal/";
  }

  public String folder() {
    return all(cluster) + systemIdentifier + "/";
  }

  /** History files of every timeline. */
  public String histories() {
    return folder() + "history/";
  }

  /** Segments with the same timeline and log id, at most 4096 of them. */
  public String segments(int timeline, long logId) {
    return folder() + String.format(Locale.ROOT, "%08X%08X/", timeline, logId);
  }

  public String key(WalFileName file) {
    return (file.kind() == WalFileName.Kind.HISTORY
            ? histories()
            : segments(file.timeline(), file.logId()))
        + file
        + SUFFIX;
  }

  /**
   * An unfinished segment as a stream saw it grow. Several may lie beside each other; the one with
   * the most bytes is the newest.
   *
   * @param bytes how much of the segment it holds
   */
  public String growing(WalFileName segment, int bytes) {
    return segments(segment.timeline(), segment.logId())
        + segment
        + String.format(Locale.ROOT, ".%08X.growing", bytes)
        + SUFFIX;
  }

  /** Content that came under a name that other content holds. */
  public String conflict(WalFileName file, String sha256) {
    return conflicts() + file + "-" + sha256.substring(0, 16) + SUFFIX;
  }

  /** Where content lies that came under names that other content holds. */
  public String conflicts() {
    return folder() + "conflicts/";
  }

  /** Under which name the content of a key came that was put aside; empty for any other key. */
  public static Optional<WalFileName> conflict(String key) {
    String name = key.substring(key.lastIndexOf('/') + 1);
    return key.contains("/conflicts/") && name.matches(".+-[0-9a-f]{16}\\.zst")
        ? WalFileName.parse(name.substring(0, name.lastIndexOf('-')))
        : Optional.empty();
  }

  /** The file that a key holds; empty when it is none of PostgreSQL's. */
  public static Optional<WalFileName> file(String key) {
    String name = key.substring(key.lastIndexOf('/') + 1);
    return name.endsWith(SUFFIX)
        ? WalFileName.parse(name.substring(0, name.length() - SUFFIX.length()))
        : Optional.empty();
  }

  /** Whether a key holds the wrapped form of a data key, without which encrypted WAL is lost. */
  public static boolean wrappedKey(String key) {
    return key.matches(".*/wal/[0-9]+/keys/[0-9a-f-]{36}/[^/]+\\.json");
  }

  /** The segment that a growing object's key holds a part of. */
  public static Optional<Growing> growing(String key) {
    String name = key.substring(key.lastIndexOf('/') + 1);
    if (!name.matches("[0-9A-F]{24}\\.[0-9A-F]{8}\\.growing\\.zst")) {
      return Optional.empty();
    }
    return WalFileName.parse(name.substring(0, NAME_CHARACTERS))
        .map(
            segment ->
                new Growing(
                    segment,
                    Integer.parseUnsignedInt(name, NAME_CHARACTERS + 1, NAME_CHARACTERS + 9, 16)));
  }

  /** A part of a segment. */
  public record Growing(WalFileName segment, int bytes) {}
}
