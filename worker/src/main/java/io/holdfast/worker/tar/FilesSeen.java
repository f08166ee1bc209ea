package io.holdfast.worker.tar;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Every file that passed in the archives of one base backup, by its path in the data directory. */
public final class FilesSeen {
  /**
   * @param crc32c of the whole file
   * @param head its first bytes, for WAL segments only; null for others
   */
  record Seen(long size, int crc32c, byte[] head) {}

  private final Map<String, Seen> files = new ConcurrentHashMap<>();

  void add(String path, Seen seen) {
    files.put(path, seen);
  }

  public int count() {
    return files.size();
  }

  Map<String, Seen> all() {
    return files;
  }
}
