package io.holdfast.worker.scan;

import io.holdfast.model.scan.ArchiveFound;
import io.holdfast.model.scan.BackupFound;
import io.holdfast.model.scan.ClusterFound;
import io.holdfast.model.scan.Oddity;
import io.holdfast.model.scan.ScanPage;
import io.holdfast.model.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What was found, handed on in pages that fit into a record of Kafka. Thread-safe. */
final class Pages {
  /** A record may have a million bytes; the page's header and what surrounds it need some. */
  static final int LARGEST_BYTES = 700_000;

  /** So many rows are written in one transaction. */
  private static final int MOST_ENTRIES = 200;

  private final Consumer<ScanPage> reader;
  private final List<BackupFound> backups = new ArrayList<>();
  private final List<ArchiveFound> archives = new ArrayList<>();
  private final List<ClusterFound> clusters = new ArrayList<>();
  private final List<Oddity> oddities = new ArrayList<>();
  private long bytes;
  private int number;
  private int oddityCount;

  Pages(Consumer<ScanPage> reader) {
    this.reader = reader;
  }

  /** Whether it fits into a page at all. */
  static boolean fits(Object found) {
    return Wire.bytes(found).length <= LARGEST_BYTES;
  }

  synchronized void add(BackupFound backup) {
    room(backup);
    backups.add(backup);
  }

  synchronized void add(ArchiveFound archive) {
    room(archive);
    archives.add(archive);
  }

  synchronized void add(ClusterFound cluster) {
    room(cluster);
    clusters.add(cluster);
  }

  synchronized void add(Oddity oddity) {
    room(oddity);
    oddities.add(oddity);
    oddityCount++;
  }

  private void room(Object next) {
    long size = Wire.bytes(next).length;
    int entries = backups.size() + archives.size() + clusters.size() + oddities.size();
    if (entries >= MOST_ENTRIES || (entries > 0 && bytes + size > LARGEST_BYTES)) {
      turn();
    }
    bytes += size;
  }

  private void turn() {
    reader.accept(new ScanPage(++number, backups, archives, clusters, oddities));
    backups.clear();
    archives.clear();
    clusters.clear();
    oddities.clear();
    bytes = 0;
  }

  /** Hands on what is left; returns how many pages there were. */
  synchronized int end() {
    if (bytes > 0) {
      turn();
    }
    return number;
  }

  synchronized int oddities() {
    return oddityCount;
  }
}
