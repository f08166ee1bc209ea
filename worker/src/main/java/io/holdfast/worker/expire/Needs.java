package io.holdfast.worker.expire;

import io.holdfast.model.BackupId;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.manifest.BackupFolders;
import io.holdfast.worker.manifest.Claim;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What of the doomed is still needed, by the word of the repository: it is held, or built upon by
 * manifests that stay or by attempts that may still be running. The control plane may be older than
 * the repository.
 *
 * @param because sentences by backup
 */
record Needs(Map<BackupId, String> because) {
  /**
   * @param doomed what is to go
   * @param now by which holds end
   * @param living attempts that began after it may still run
   */
  static Needs of(BackupFolders folders, Set<BackupId> doomed, Instant now, Instant living) {
    Map<BackupId, String> because = new HashMap<>();
    for (BackupId id : doomed) {
      folders.holds(id).stream()
          .filter(hold -> hold.standsAt(now))
          .findFirst()
          .ifPresent(
              hold ->
                  keep(
                      folders,
                      id,
                      "backup " + id + " is held in the repository: " + hold.reason(),
                      because));
    }
    for (BackupId id : folders.ids()) {
      if (!doomed.contains(id)) {
        parent(folders, id, living)
            .ifPresent(parent -> keep(folders, parent, sentence(folders, id), because));
      }
    }
    return new Needs(because);
  }

  private static Optional<BackupId> parent(BackupFolders folders, BackupId id, Instant living) {
    if (folders.exists(id)) {
      return Optional.ofNullable(folders.manifest(id).parent());
    }
    if (folders.buried(id)) {
      return Optional.empty();
    }
    return folders.newestClaim(id).filter(claim -> claim.at().isAfter(living)).map(Claim::parent);
  }

  private static String sentence(BackupFolders folders, BackupId id) {
    return folders.exists(id)
        ? "backup " + id + ", which stays, builds on it"
        : "backup " + id + " is being taken and builds on it";
  }

  private static void keep(
      BackupFolders folders, BackupId first, String sentence, Map<BackupId, String> because) {
    for (BackupId id = first; id != null && because.putIfAbsent(id, sentence) == null; ) {
      id = folders.remembered(id).map(Manifest::parent).orElse(null);
    }
  }

  boolean contains(BackupId id) {
    return because.containsKey(id);
  }
}
