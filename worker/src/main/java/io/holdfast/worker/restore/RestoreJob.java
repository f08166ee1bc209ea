package io.holdfast.worker.restore;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.JobResult.Restored;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.restore.LogicalRestoreTarget;
import io.holdfast.model.restore.PhysicalRestoreTarget;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.chain.BackupChain;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.ManifestStore;
import io.holdfast.worker.rate.RateLimit;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.stored.StoredBackup;
import io.holdfast.worker.transfer.Transfer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Restores a backup. One-shot: nothing tries again by itself, since a target that was half changed
 * must be looked at by a person. What cannot work is refused before the target is touched.
 */
public final class RestoreJob {
  private static final Set<Artifact.Kind> SMALL =
      EnumSet.of(
          Artifact.Kind.GLOBALS,
          Artifact.Kind.BACKUP_MANIFEST,
          Artifact.Kind.CONFIG_TAR,
          Artifact.Kind.INVENTORY);

  private final RestoreRooms rooms;

  public RestoreJob(RestoreRooms rooms) {
    this.rooms = rooms;
  }

  public Restored run(JobSpec.Restore spec, Attempt attempt) {
    PointOfNoReturn point = new PointOfNoReturn();
    return Fallback.read(
        spec.repository(),
        spec.copies(),
        point::passed,
        attempt,
        place -> readFrom(spec, place, restore(spec, place, point, attempt)));
  }

  /** With the place that it was read from in words, where there was a choice. */
  private static Restored readFrom(JobSpec.Restore spec, RepositorySpec place, Restored restored) {
    Map<String, String> details = new TreeMap<>(restored.details());
    details.put("repository", place.name());
    List<String> steps = new ArrayList<>();
    if (!place.equals(spec.repository())) {
      steps.add(
          "read the copy in repository '"
              + place.name()
              + "', because '"
              + spec.repository().name()
              + "' could not give the backup");
    }
    steps.addAll(restored.steps());
    return new Restored(restored.backupId(), restored.dryRun(), steps, details);
  }

  private Restored restore(
      JobSpec.Restore spec, RepositorySpec place, PointOfNoReturn point, Attempt attempt) {
    try (Repository repository = rooms.repositories().open(place)) {
      BackupLayout layout = new BackupLayout(spec.sourceCluster(), spec.backupId());
      Transfer transfer = new Transfer(repository, attempt, RateLimit.none());
      BackupChain chain =
          BackupChain.read(
              repository,
              new ManifestStore(repository, rooms.seals(), rooms.clock()),
              layout,
              transfer,
              attempt);
      chain.requireKnown(spec.encrypted(), spec.manifestSha256());
      chain.requireReadable();
      StoredBackup backup = chain.asked();
      Manifest manifest = backup.manifest();
      requireEveryObject(repository, backup);
      return switch (spec.target()) {
        case LogicalRestoreTarget logical -> {
          requireMethod(manifest, "LOGICAL");
          yield new LogicalInto(rooms, backup, logical, point).run(spec.dryRun());
        }
        case PhysicalRestoreTarget physical -> {
          requireMethod(manifest, "PHYSICAL");
          yield new PhysicalInto(rooms, repository, chain, physical, point).run(spec.dryRun());
        }
      };
    }
  }

  private static void requireMethod(Manifest manifest, String method) {
    if (!manifest.method().equals(method)) {
      throw new JobFailure(
          ErrorCode.INVALID_SELECTION,
          "backup " + manifest.backupId() + " is " + manifest.method() + ", not " + method,
          "Give the target that fits, 'logical' or 'physical', or choose another backup.");
    }
  }

  private static void requireEveryObject(Repository repository, StoredBackup backup) {
    backup.attempt().phase("LOOKING", null);
    for (Artifact artifact : backup.manifest().artifacts()) {
      Optional<ObjectStat> there = repository.stat(backup.layout().key(artifact.object()));
      if (there.isEmpty() || there.get().bytes() != artifact.stored().bytes()) {
        throw new JobFailure(
            ErrorCode.ARTIFACT_DAMAGED,
            "'"
                + artifact.object()
                + "' should have "
                + artifact.stored().bytes()
                + " bytes and "
                + there.map(stat -> "has " + stat.bytes()).orElse("is missing"),
            "Use another backup, and take a new one.");
      }
      if (SMALL.contains(artifact.kind())) {
        // Not every restore reads them, but damage here casts doubt on the rest.
        backup.checksum(artifact);
      }
    }
  }
}
