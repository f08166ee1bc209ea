package io.holdfast.worker.scan;

import io.holdfast.model.BackupId;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.DeclarationLayout;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.wal.WalLayout;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The keys of a repository, sorted by what they belong to. Keys say little by themselves: what a
 * folder is, its manifest decides.
 *
 * @param backups objects of each backup's folder by key, whether the backup exists or not
 * @param archives objects of each server's WAL
 * @param declarations the key of the newest one of each cluster
 * @param unknown what is none of these
 */
record Listing(
    SortedMap<String, Folder> backups,
    SortedMap<String, Archive> archives,
    SortedMap<String, String> declarations,
    Folder unknown) {

  /** A backup's folder. */
  record Folder(BackupLayout layout, SortedMap<String, Long> objects) {
    long bytes() {
      return objects.values().stream().mapToLong(Long::longValue).sum();
    }

    boolean hasManifest() {
      return objects.containsKey(layout.manifest());
    }

    /** The objects below a folder of it. */
    Folder below(String folder) {
      return new Folder(layout, objects.subMap(folder, folder + Character.MAX_VALUE));
    }
  }

  /** What is archived of one server. */
  record Archive(WalLayout layout, SortedMap<String, Long> objects) {}

  static Listing of(List<ObjectStat> objects) {
    Listing listing =
        new Listing(
            new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new Folder(null, new TreeMap<>()));
    objects.forEach(listing::add);
    return listing;
  }

  private void add(ObjectStat object) {
    String key = object.key();
    // clusters / <cluster> / <what> / <which> / ...
    String[] path = key.split("/", 5);
    try {
      if (path.length == 5 && key.startsWith(BackupLayout.backups(path[1]))) {
        String folder = String.join("/", List.of(path).subList(0, 4));
        backups
            .computeIfAbsent(
                folder,
                unused ->
                    new Folder(new BackupLayout(path[1], new BackupId(path[3])), new TreeMap<>()))
            .objects()
            .put(key, object.bytes());
      } else if (path.length == 5 && key.startsWith(WalLayout.all(path[1]))) {
        WalLayout layout = new WalLayout(path[1], path[3]);
        archives
            .computeIfAbsent(layout.folder(), unused -> new Archive(layout, new TreeMap<>()))
            .objects()
            .put(key, object.bytes());
      } else if (path.length == 4 && key.startsWith(DeclarationLayout.folder(path[1]))) {
        declarations.merge(path[1], key, (a, b) -> a.compareTo(b) > 0 ? a : b);
      } else if (path.length != 5 || !key.startsWith(BackupLayout.expirations(path[1]))) {
        unknown.objects().put(key, object.bytes());
      }
    } catch (IllegalArgumentException notOurs) {
      unknown.objects().put(key, object.bytes());
    }
  }
}
