package io.holdfast.worker.scan;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.scan.BackupFound;
import io.holdfast.model.scan.Oddity;
import io.holdfast.model.scan.Oddity.Kind;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.HoldNotes;
import io.holdfast.worker.manifest.ManifestStore;
import io.holdfast.worker.manifest.ManifestStore.Committed;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.scan.Listing.Folder;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Looks at one backup's folder after another. Thread-safe. */
final class BackupLook {
  /** Named one by one up to here. */
  private static final int MOST_NAMED = 20;

  /** What says that the manifest cannot be believed, and not that the store does not answer. */
  private static final Set<ErrorCode> UNBELIEVABLE =
      EnumSet.of(ErrorCode.MANIFEST_UNREADABLE, ErrorCode.ARTIFACT_DAMAGED);

  private final Repository repository;
  private final ManifestStore manifests;
  private final Pages pages;

  BackupLook(Repository repository, ManifestStore manifests, Pages pages) {
    this.repository = repository;
    this.manifests = manifests;
    this.pages = pages;
  }

  /** Whether there is a backup. */
  boolean at(Folder folder) {
    BackupLayout layout = folder.layout();
    if (!folder.hasManifest()) {
      boolean expired = folder.objects().containsKey(layout.tombstone());
      boolean nothingElse = expired && folder.objects().size() == 1;
      if (!nothingElse && repository.stat(layout.manifest()).isEmpty()) {
        pages.add(
            orphan(
                folder,
                layout.folder(),
                expired
                    ? "the backup has expired, and its removal did not finish"
                    : "no manifest names them: a run that did not finish"));
      }
      // Else it was committed while the others were listed: the catalog hears of it by itself.
      return false;
    }
    Committed committed;
    try {
      committed = manifests.readCommitted(layout);
    } catch (JobFailure failure) {
      if (failure.code() == ErrorCode.BACKUP_NOT_FOUND) {
        return false;
      }
      if (!UNBELIEVABLE.contains(failure.code())) {
        throw failure;
      }
      pages.add(
          oddity(
              Kind.UNREADABLE,
              layout,
              layout.manifest(),
              folder.objects().size(),
              folder.bytes(),
              failure.getMessage()));
      return false;
    }
    BackupFound found =
        new BackupFound(
            committed.sha256(),
            committed.manifest(),
            HoldNotes.read(repository, layout, folder.objects().keySet()));
    if (!Pages.fits(found)) {
      pages.add(
          oddity(
              Kind.UNREADABLE,
              layout,
              layout.manifest(),
              1,
              folder.objects().get(layout.manifest()),
              "the manifest is sound but too large to be reported"));
      return false;
    }
    pages.add(found);
    missing(folder, committed.manifest());
    otherRuns(folder, committed.manifest());
    return true;
  }

  private void missing(Folder folder, Manifest manifest) {
    BackupLayout layout = folder.layout();
    List<Artifact> changed =
        manifest.artifacts().stream()
            .filter(
                artifact -> {
                  Long bytes = folder.objects().get(layout.key(artifact.object()));
                  return bytes == null || bytes != artifact.stored().bytes();
                })
            .toList();
    changed.stream()
        .limit(MOST_NAMED)
        .forEach(
            artifact -> {
              String key = layout.key(artifact.object());
              Long bytes = folder.objects().get(key);
              pages.add(
                  oddity(
                      Kind.CHANGED,
                      layout,
                      key,
                      1,
                      bytes == null ? 0 : bytes,
                      "the manifest says "
                          + artifact.stored().bytes()
                          + " bytes, and it "
                          + (bytes == null ? "is missing" : "has " + bytes)));
            });
    if (changed.size() > MOST_NAMED) {
      pages.add(
          oddity(
              Kind.CHANGED,
              layout,
              layout.folder(),
              changed.size() - MOST_NAMED,
              0,
              "so many more are missing or have another size"));
    }
  }

  private void otherRuns(Folder folder, Manifest manifest) {
    BackupLayout layout = folder.layout();
    String committed = layout.run(manifest.runId());
    Set<String> others =
        folder.objects().keySet().stream()
            .filter(key -> key.indexOf('/', layout.folder().length()) > 0)
            .filter(key -> !key.startsWith(committed) && !key.startsWith(layout.claims()))
            .filter(key -> !key.startsWith(layout.holds()))
            .map(key -> key.substring(0, key.indexOf('/', layout.folder().length()) + 1))
            .collect(Collectors.toCollection(TreeSet::new));
    for (String run : others) {
      pages.add(orphan(folder.below(run), run, "of a run that the manifest does not name"));
    }
  }

  private static Oddity orphan(Folder folder, String key, String detail) {
    return oddity(
        Kind.ORPHAN, folder.layout(), key, folder.objects().size(), folder.bytes(), detail);
  }

  private static Oddity oddity(
      Kind kind, BackupLayout layout, String key, long objects, long bytes, String detail) {
    return new Oddity(
        kind, layout.cluster(), layout.backupId().value(), key, objects, bytes, detail);
  }
}
