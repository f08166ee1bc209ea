package io.holdfast.worker.backup;

import io.holdfast.model.BackupId;
import io.holdfast.model.RunId;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.job.JobResult.BackedUp;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.PortableDeclaration;
import io.holdfast.model.job.SizeBand;
import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.DeclarationLayout;
import io.holdfast.worker.manifest.ManifestStore;
import io.holdfast.worker.rate.RateLimit;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.transfer.Transfer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Takes a backup. It exists from the moment its manifest does, and not before: whatever goes wrong
 * earlier leaves objects of this run only, which are discarded.
 */
public final class BackupJob {
  private static final int PAGE = 500;

  private final BackupRooms rooms;

  public BackupJob(BackupRooms rooms) {
    this.rooms = rooms;
  }

  public BackedUp run(JobSpec.Backup spec, Attempt attempt) {
    try (Repository repository = rooms.repositories().open(spec.repository())) {
      ManifestStore manifests = new ManifestStore(repository, rooms.seals(), rooms.clock());
      BackupLayout layout = new BackupLayout(spec.cluster().name(), spec.backupId());
      Optional<Manifest> earlier = manifests.find(layout);
      if (earlier.isPresent()) {
        // An attempt that died after its commit: the backup exists, so the job has succeeded.
        return backedUp(spec, earlier.get(), manifests, layout);
      }
      RunId id = RunId.next(rooms.clock());
      // Before the first byte: what nobody could read again is no backup.
      Seals.Begun sealing = rooms.seals().begin(spec.cluster().encryption(), layout.run(id));
      manifests.claim(
          layout, attempt.jobId(), attempt.number(), id, attempt.worker(), parent(spec));
      try {
        attempt.requireHeld();
        manifests.discardOtherRuns(layout, id);
        sealing.keep(repository);
        Transfer transfer =
            new Transfer(
                repository, attempt, RateLimit.of(spec.rateLimitBytesPerSecond()), sealing.seal());
        return take(
            new Run(id, spec, layout, repository, manifests, sealing.seal(), transfer, attempt));
      } catch (RuntimeException | Error e) {
        discard(manifests, layout, id, e);
        throw e;
      }
    }
  }

  private static BackupId parent(JobSpec.Backup spec) {
    return spec.source() instanceof PhysicalSourceSpec physical ? physical.parent() : null;
  }

  private BackedUp take(Run run) {
    Instant startedAt = rooms.clock().instant();
    Method method = method(run.spec());
    Taken taken = method.take(run);
    run.attempt().phase("COMMITTING", null);
    try (Meanwhile<Void> node = Meanwhile.begin(() -> nodeUnchanged(run, taken))) {
      if (taken.parent() != null) {
        taken.parent().requireUnchanged(run.repository(), run.manifests());
      }
      Void unchanged = node.await();
    }
    Manifest manifest = manifest(run, method.name(), taken, startedAt);
    run.attempt().requireHeld();
    keepDeclaration(run);
    Manifest committed = run.manifests().commit(manifest, run.seal());
    if (!committed.runId().equals(run.id())) {
      run.manifests().discardRun(run.layout(), run.id());
    } else {
      taken.contents().forEach((database, entries) -> list(run.attempt(), database, entries));
    }
    return backedUp(run.spec(), committed, run.manifests(), run.layout());
  }

  /** With the digest of what lies there, which whoever reads it will be told. */
  private static BackedUp backedUp(
      JobSpec.Backup spec, Manifest manifest, ManifestStore manifests, BackupLayout layout) {
    return new BackedUp(
        manifest, suspect(spec, manifest), manifests.readCommitted(layout).sha256());
  }

  /** So that the repository alone can tell what the cluster was. */
  private static void keepDeclaration(Run run) {
    PortableDeclaration declaration = run.spec().declaration();
    if (declaration != null) {
      boolean unused =
          run.repository()
              .createIfAbsent(
                  DeclarationLayout.key(run.spec().cluster().name(), declaration.changedAt()),
                  declaration.json().getBytes(StandardCharsets.UTF_8));
    }
  }

  private Void nodeUnchanged(Run run, Taken taken) {
    taken.from().requireUnchanged(rooms, run.spec().cluster());
    return null;
  }

  private Method method(JobSpec.Backup spec) {
    return switch (spec.source()) {
      case LogicalSourceSpec logical -> new LogicalBackup(rooms, logical);
      case PhysicalSourceSpec physical -> new PhysicalBackup(rooms, physical);
    };
  }

  private Manifest manifest(Run run, String method, Taken taken, Instant startedAt) {
    Instant finishedAt = rooms.clock().instant();
    return new Manifest(
        Manifest.FORMAT,
        run.spec().backupId(),
        run.id(),
        run.attempt().number(),
        run.attempt().jobId(),
        run.spec().cluster().name(),
        method,
        "holdfast-worker " + rooms.version(),
        startedAt,
        finishedAt,
        Duration.between(startedAt, finishedAt).toMillis() / 1000.0,
        taken.from().describe(),
        taken.wal(),
        run.compression(),
        taken.structureChecked(),
        taken.databases(),
        taken.tablespaces(),
        taken.artifacts(),
        taken.plainBytes(),
        taken.storedBytes(),
        taken.parent() == null ? null : taken.parent().asked().manifest().backupId(),
        taken.parent() == null ? null : taken.parent().sha256(),
        run.seal().describe(),
        taken.tools(),
        run.spec().labels(),
        // It was taken from a server.
        null);
  }

  private static void list(Attempt attempt, String database, List<ContentEntry> entries) {
    for (int from = 0, page = 1; from < entries.size(); from += PAGE, page++) {
      attempt.contentsListed(
          database, page, entries.subList(from, Math.min(from + PAGE, entries.size())));
    }
  }

  /** Null when the size is what earlier backups make one expect. */
  private static String suspect(JobSpec.Backup spec, Manifest manifest) {
    SizeBand band = spec.sizeBand();
    long plainBytes = manifest.plainBytes();
    // The history is of incremental ones, and this had to be a full one.
    boolean fullInstead =
        spec.source() instanceof PhysicalSourceSpec physical
            && physical.parent() != null
            && manifest.parent() == null;
    if (band == null
        || fullInstead
        || (plainBytes >= band.lowBytes() && plainBytes <= band.highBytes())) {
      return null;
    }
    return "the backup holds "
        + plainBytes
        + " plain bytes, earlier ones make "
        + band.lowBytes()
        + " to "
        + band.highBytes()
        + " expected";
  }

  private static void discard(
      ManifestStore manifests, BackupLayout layout, RunId run, Throwable because) {
    try {
      manifests.discardRun(layout, run);
    } catch (RuntimeException e) {
      because.addSuppressed(e);
    }
  }
}
