package io.holdfast.worker.manifest;

import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.JobId;
import io.holdfast.model.RunId;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.encryption.Seal;
import io.holdfast.worker.encryption.Seal.Voucher;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The manifests of one repository. <b>A backup exists exactly when its manifest does</b>: any
 * number of runs may write objects, at most one writes the manifest, and it writes it last.
 */
public final class ManifestStore {
  private static final int LARGEST_DOCUMENT_BYTES = 64 * 1024 * 1024;

  private final Repository repository;
  private final Seals seals;
  private final boolean keysNeeded;
  private final Clock clock;

  /**
   * For who moves stored bytes: as {@link #withoutKeys}, whatever keys this worker has, and
   * encrypted backups cannot be read.
   */
  public ManifestStore(Repository repository, Clock clock) {
    this(repository, null, false, clock);
  }

  public ManifestStore(Repository repository, Seals seals, Clock clock) {
    this(repository, seals, true, clock);
  }

  private ManifestStore(Repository repository, Seals seals, boolean keysNeeded, Clock clock) {
    this.repository = repository;
    this.seals = seals;
    this.keysNeeded = keysNeeded;
    this.clock = clock;
  }

  /**
   * The same manifests for who compares stored bytes only: one that this worker has no key for is
   * read without its authenticity being proven, which {@link Seal#authenticates} tells.
   */
  public ManifestStore withoutKeys() {
    return new ManifestStore(repository, seals, false, clock);
  }

  /**
   * Marks the beginning of an attempt, before its first object. What is read after it finds either
   * the parent or its tombstone: whoever removes a backup looks for claims afterwards.
   *
   * @param parent the backup that is to be built on; null: none
   * @throws JobFailure SUPERSEDED when a later attempt, or another run of this one, has begun
   */
  public void claim(
      BackupLayout layout, JobId job, int attempt, RunId run, String worker, BackupId parent) {
    Claim mine = new Claim(job, attempt, run, worker, clock.instant(), parent);
    if (!repository.createIfAbsent(layout.claim(attempt), Wire.document(mine))) {
      Claim theirs = Wire.read(document(layout.claim(attempt)), Claim.class);
      if (!theirs.runId().equals(run)) {
        throw superseded(layout, attempt, "worker '" + theirs.worker() + "' runs this attempt");
      }
    }
    refuseWhenSuperseded(layout, attempt);
  }

  /**
   * Throws SUPERSEDED when a later attempt has begun: ask before anything that a zombie must not
   * do.
   */
  public void refuseWhenSuperseded(BackupLayout layout, int attempt) {
    String mine = layout.claim(attempt);
    repository.list(layout.claims()).stream()
        .map(ObjectStat::key)
        .filter(claim -> claim.compareTo(mine) > 0)
        .findFirst()
        .ifPresent(
            later -> {
              throw superseded(layout, attempt, "claim '" + later + "' is later");
            });
  }

  /**
   * Makes the backup exist. Every artifact is looked up with its size first, and {@code SHA256SUMS}
   * is written beside them, and what proves the manifest's authenticity.
   *
   * @param seal of its objects
   * @return the manifest that the repository holds: this one, or that of an earlier run that had
   *     committed already. Then the job has succeeded, and the run's own objects are for {@link
   *     #discardRun}.
   * @throws JobFailure SUPERSEDED when a later attempt has begun, STORED_BYTES_DIFFER when an
   *     artifact is absent or has another size; the backup does not exist then
   */
  public Manifest commit(Manifest manifest, Seal seal) {
    BackupLayout layout = new BackupLayout(manifest.cluster(), manifest.backupId());
    Optional<Manifest> earlier = find(layout);
    if (earlier.isPresent()) {
      return earlier.get();
    }
    byte[] json = Wire.document(manifest);
    Voucher voucher = seal.vouch(json).orElse(null);
    repository.createIfAbsent(
        layout.sha256Sums(manifest.runId()), Sha256Sums.of(manifest, json, voucher));
    if (voucher != null) {
      repository.createIfAbsent(layout.run(manifest.runId()) + voucher.name(), voucher.content());
    }
    manifest.artifacts().forEach(artifact -> lookUp(layout, artifact));
    refuseWhenSuperseded(layout, manifest.attempt());
    refuseWhenExpired(layout, manifest.attempt());
    return repository.createIfAbsent(layout.manifest(), json) ? manifest : read(layout);
  }

  /** An attempt that slept until its backup, made by another one, had expired. */
  private void refuseWhenExpired(BackupLayout layout, int attempt) {
    if (repository.stat(layout.tombstone()).isPresent()) {
      throw superseded(layout, attempt, "the backup has expired");
    }
  }

  private void lookUp(BackupLayout layout, Artifact artifact) {
    String key = layout.key(artifact.object());
    Optional<ObjectStat> there = repository.stat(key);
    if (there.isEmpty() || there.get().bytes() != artifact.stored().bytes()) {
      throw new JobFailure(
          ErrorCode.STORED_BYTES_DIFFER,
          "'"
              + key
              + "' should hold "
              + artifact.stored().bytes()
              + " bytes, but the repository "
              + there.map(stat -> "holds " + stat.bytes()).orElse("has no such object"),
          "The store confirmed the object before; look at what else writes there.");
    }
  }

  /** Empty when the backup does not exist. */
  public Optional<Manifest> find(BackupLayout layout) {
    return repository.stat(layout.manifest()).isPresent()
        ? Optional.of(read(layout))
        : Optional.empty();
  }

  /** As {@link #readCommitted}. */
  public Manifest read(BackupLayout layout) {
    return readCommitted(layout).manifest();
  }

  /**
   * @param sha256 of the manifest as it is stored, lower-case hexadecimal
   * @param seal of its objects
   */
  public record Committed(Manifest manifest, String sha256, Seal seal) {}

  /**
   * @throws JobFailure BACKUP_NOT_FOUND without a manifest, MANIFEST_UNREADABLE when it is of a
   *     later format, broken, changed since it was written, or of another backup, ARTIFACT_DAMAGED
   *     when SHA256SUMS was changed, NOT_AUTHENTIC when it is encrypted and no worker with the key
   *     wrote it; as {@link Seals#open}
   */
  public Committed readCommitted(BackupLayout layout) {
    if (repository.stat(layout.manifest()).isEmpty()) {
      throw new JobFailure(
          ErrorCode.BACKUP_NOT_FOUND,
          "the repository has no backup "
              + layout.backupId()
              + " of cluster '"
              + layout.cluster()
              + "'",
          "List the backups of the cluster; it may lie in another repository.");
    }
    byte[] json = document(layout.manifest());
    Manifest manifest = parse(layout, json);
    refuseWhenChanged(layout, manifest, json);
    if (!manifest.backupId().equals(layout.backupId())
        || !manifest.cluster().equals(layout.cluster())) {
      throw unreadable(
          layout,
          "it says it is backup " + manifest.backupId() + " of '" + manifest.cluster() + "'",
          null);
    }
    return new Committed(manifest, Sha256Sums.digest(json), authenticated(layout, manifest, json));
  }

  private Seal authenticated(BackupLayout layout, Manifest manifest, byte[] json) {
    String folder = layout.run(manifest.runId());
    if (seals == null && manifest.encryption() != null) {
      return Seal.locked(
          manifest.encryption(),
          new JobFailure(ErrorCode.KEY_UNAVAILABLE, "only stored bytes are read here", null));
    }
    Seal seal;
    try {
      seal =
          manifest.encryption() == null
              ? Seal.none()
              : seals.open(repository, folder, manifest.encryption());
    } catch (JobFailure e) {
      if (keysNeeded || e.code() != ErrorCode.KEY_UNAVAILABLE) {
        throw e;
      }
      return Seal.locked(manifest.encryption(), e);
    }
    if (seal.authenticates()) {
      Voucher voucher = voucher(layout, manifest);
      seal.refuses(json, voucher == null ? null : voucher.content())
          .ifPresent(
              because -> {
                throw new JobFailure(
                    ErrorCode.NOT_AUTHENTIC,
                    "'" + layout.manifest() + "' was not written with the backup's key: " + because,
                    "Somebody who may write to the repository changed it; restore it from a copy,"
                        + " and do not use what it names.");
              });
    }
    return seal;
  }

  /** The digests in a manifest prove the objects; SHA256SUMS proves the manifest. */
  private void refuseWhenChanged(BackupLayout layout, Manifest manifest, byte[] json) {
    if (manifest.runId() == null
        || repository.stat(layout.sha256Sums(manifest.runId())).isEmpty()) {
      throw unreadable(layout, "there is no SHA256SUMS for the run that it names", null);
    }
    byte[] sums = document(layout.sha256Sums(manifest.runId()));
    if (!Sha256Sums.vouchFor(sums, json)) {
      throw unreadable(
          layout, "its digest is not the one in SHA256SUMS, so one of the two was changed", null);
    }
    if (!Arrays.equals(sums, Sha256Sums.of(manifest, json, voucher(layout, manifest)))) {
      throw new JobFailure(
          ErrorCode.ARTIFACT_DAMAGED,
          "'" + layout.sha256Sums(manifest.runId()) + "' differs from the manifest's digests",
          "Look at the repository's storage, and take a new backup.");
    }
  }

  /** Null when there is none. */
  private Voucher voucher(BackupLayout layout, Manifest manifest) {
    String name = Seals.voucherName(manifest.encryption());
    if (name == null) {
      return null;
    }
    String key = layout.run(manifest.runId()) + name;
    return repository.stat(key).isPresent() ? new Voucher(name, document(key)) : null;
  }

  private Manifest parse(BackupLayout layout, byte[] json) {
    try {
      int format = Wire.read(json, FormatOnly.class).format();
      if (format < 1 || format > Manifest.FORMAT) {
        throw unreadable(
            layout, "its format is " + format + ", this version reads " + Manifest.FORMAT, null);
      }
      return Wire.read(json, Manifest.class);
    } catch (UncheckedIOException e) {
      throw unreadable(layout, "it is not a manifest", e);
    }
  }

  /** The ids of every backup of a cluster that exists, oldest first. */
  public List<BackupId> list(String cluster) {
    String folder = BackupLayout.backups(cluster);
    return repository.list(folder).stream()
        .map(stat -> stat.key().substring(folder.length()).split("/", -1))
        .filter(path -> path.length == 2 && path[1].equals(BackupLayout.MANIFEST))
        .map(path -> new BackupId(path[0]))
        .sorted()
        .toList();
  }

  /**
   * Removes what a run left, unfinished uploads included; never a committed run. Best effort: what
   * cannot be removed now is for expire to find.
   *
   * @return whether nothing of the run is left
   */
  public boolean discardRun(BackupLayout layout, RunId run) {
    try {
      if (find(layout).map(manifest -> manifest.runId().equals(run)).orElse(false)) {
        return false;
      }
      repository.discardUnfinished(layout.run(run));
      repository.list(layout.run(run)).forEach(stat -> repository.delete(stat.key()));
      return true;
    } catch (JobFailure left) {
      return false;
    }
  }

  /**
   * As {@link #discardRun}, for every run of the backup but one: what dead attempts left. The
   * caller holds the latest claim.
   */
  public void discardOtherRuns(BackupLayout layout, RunId kept) {
    repository.list(layout.claims()).stream()
        .map(stat -> Wire.read(document(stat.key()), Claim.class).runId())
        .filter(run -> !run.equals(kept))
        .forEach(run -> discardRun(layout, run));
  }

  private byte[] document(String key) {
    try (InputStream in = repository.open(key)) {
      return in.readNBytes(LARGEST_DOCUMENT_BYTES);
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.REPOSITORY_UNAVAILABLE,
          "reading '" + key + "' broke: " + e.getMessage(),
          "Look at the repository and at the connection to it.",
          e);
    }
  }

  private static JobFailure superseded(BackupLayout layout, int attempt, String because) {
    return new JobFailure(
        ErrorCode.SUPERSEDED,
        "attempt " + attempt + " of backup " + layout.backupId() + " is over: " + because,
        "Nothing to do: the other run carries on.");
  }

  private static JobFailure unreadable(BackupLayout layout, String because, Throwable cause) {
    return new JobFailure(
        ErrorCode.MANIFEST_UNREADABLE,
        "cannot read '" + layout.manifest() + "': " + because,
        "Read it with the version of Holdfast that wrote it, or a later one.",
        cause);
  }

  private record FormatOnly(int format) {}
}
