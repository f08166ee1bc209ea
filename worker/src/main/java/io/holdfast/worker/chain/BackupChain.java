package io.holdfast.worker.chain;

import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.ManifestStore;
import io.holdfast.worker.manifest.ManifestStore.Committed;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.stored.StoredBackup;
import io.holdfast.worker.transfer.Transfer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A backup and everything it builds on. Each incremental has the digest of its parent's manifest,
 * and a manifest has the digests of its objects: a member that was swapped for another, however
 * plausible, does not fit.
 *
 * @param members the full one first, the backup itself last; one when it is full or logical
 * @param sha256 of the last member's manifest as it is stored
 */
public record BackupChain(List<StoredBackup> members, String sha256) {
  public BackupChain {
    members = List.copyOf(members);
  }

  /**
   * Reads every manifest from the backup down to the full one and looks up every object of those
   * below the backup itself. No object's bytes are read.
   *
   * @throws JobFailure for the backup itself as {@link ManifestStore#read}; BACKUP_NOT_FOUND,
   *     MANIFEST_UNREADABLE or ARTIFACT_DAMAGED naming the member below it that is missing, broken
   *     or another one
   */
  public static BackupChain read(
      Repository repository,
      ManifestStore manifests,
      BackupLayout layout,
      Transfer transfer,
      Attempt attempt) {
    Committed asked = manifests.readCommitted(layout);
    List<StoredBackup> newestFirst = new ArrayList<>();
    newestFirst.add(new StoredBackup(layout, asked.manifest(), asked.seal(), transfer, attempt));
    for (Manifest child = asked.manifest(); child.parent() != null; ) {
      BackupLayout below = new BackupLayout(layout.cluster(), child.parent());
      Committed parent = parent(repository, manifests, below, child);
      newestFirst.add(new StoredBackup(below, parent.manifest(), parent.seal(), transfer, attempt));
      child = parent.manifest();
    }
    return new BackupChain(newestFirst.reversed(), asked.sha256());
  }

  /**
   * As {@link #read}, for a backup that another one is to build on: its own objects are looked up
   * as well.
   *
   * @throws JobFailure ARTIFACT_DAMAGED when one of them is missing or has another size
   */
  public static BackupChain readParent(
      Repository repository,
      ManifestStore manifests,
      BackupLayout layout,
      Transfer transfer,
      Attempt attempt) {
    BackupChain chain = read(repository, manifests, layout, transfer, attempt);
    requireObjects(
        repository,
        layout,
        chain.asked().manifest(),
        because ->
            new JobFailure(
                ErrorCode.ARTIFACT_DAMAGED,
                "nothing can build on backup " + layout.backupId() + ": its object " + because,
                "Take a full backup, and look at the repository's storage."));
    return chain;
  }

  /**
   * As {@link #readParent} once more, right before what builds on it is published.
   *
   * @throws JobFailure ARTIFACT_DAMAGED when it is no longer the one that was read
   */
  public void requireUnchanged(Repository repository, ManifestStore manifests) {
    BackupLayout layout = asked().layout();
    BackupChain now =
        readParent(repository, manifests, layout, asked().transfer(), asked().attempt());
    if (!now.sha256.equals(sha256)) {
      throw new JobFailure(
          ErrorCode.ARTIFACT_DAMAGED,
          "the manifest of backup " + layout.backupId() + " was changed while one built on it",
          "Take a full backup, and look at what else writes to the repository.");
    }
  }

  private static Committed parent(
      Repository repository, ManifestStore manifests, BackupLayout layout, Manifest child) {
    Committed parent;
    try {
      parent = manifests.readCommitted(layout);
    } catch (JobFailure failure) {
      throw new JobFailure(
          failure.code(),
          on(child) + failure.getMessage(),
          "Use a backup that does not build on it, and take a new full one.",
          failure);
    }
    // Before anything else that it says is believed; for the same reason a chain has no loop.
    if (!parent.sha256().equals(child.parentManifestSha256())) {
      throw broken(child, "that is another one now than when the backup was taken");
    }
    if (!"PHYSICAL".equals(parent.manifest().method())
        || !Objects.equals(
            parent.manifest().source().systemIdentifier(), child.source().systemIdentifier())) {
      throw broken(child, "that is no base backup of the same system");
    }
    requireObjects(
        repository, layout, parent.manifest(), because -> broken(child, "whose object " + because));
    return parent;
  }

  private static void requireObjects(
      Repository repository,
      BackupLayout layout,
      Manifest manifest,
      Function<String, JobFailure> failure) {
    for (Artifact artifact : manifest.artifacts()) {
      Optional<ObjectStat> there = repository.stat(layout.key(artifact.object()));
      if (there.isEmpty() || there.get().bytes() != artifact.stored().bytes()) {
        throw failure.apply(
            "'"
                + artifact.object()
                + "' should have "
                + artifact.stored().bytes()
                + " bytes and "
                + there.map(stat -> "has " + stat.bytes()).orElse("is missing"));
      }
    }
  }

  private static String on(Manifest child) {
    return "backup " + child.backupId() + " builds on backup " + child.parent() + ": ";
  }

  private static JobFailure broken(Manifest child, String because) {
    return new JobFailure(
        ErrorCode.ARTIFACT_DAMAGED,
        "backup " + child.backupId() + " builds on backup " + child.parent() + ", " + because,
        "Use a backup that does not build on it, take a new full one, and look at what else writes"
            + " to the repository.");
  }

  /**
   * @param encrypted whether the backup is known to be encrypted
   * @param manifestSha256 of its manifest; null: not known
   * @throws JobFailure NOT_AUTHENTIC when its manifest says otherwise, or is another one
   */
  public void requireKnown(boolean encrypted, String manifestSha256) {
    // Those below are bound to it by digest.
    if (manifestSha256 != null && !manifestSha256.equals(sha256)) {
      throw new JobFailure(
          ErrorCode.NOT_AUTHENTIC,
          "the manifest of backup "
              + asked().manifest().backupId()
              + " is another one than was recorded when it was taken",
          "Somebody who may write to the repository changed it; restore it from a copy, and do not"
              + " use what it names.");
    }
    if (encrypted && asked().manifest().encryption() == null) {
      throw new JobFailure(
          ErrorCode.NOT_AUTHENTIC,
          "backup "
              + asked().manifest().backupId()
              + " is known to be encrypted, and its manifest says that it is not",
          "Somebody who may write to the repository changed it; restore it from a copy.");
    }
  }

  /**
   * @throws JobFailure KEY_UNAVAILABLE when this worker may not decrypt one of the members
   */
  public void requireReadable() {
    members.forEach(member -> member.seal().requireReadable());
  }

  /** Of the manifest of a member, as it was when the chain was read. */
  public String sha256(StoredBackup member) {
    int child = members.indexOf(member) + 1;
    return child == members.size() ? sha256 : members.get(child).manifest().parentManifestSha256();
  }

  /** The backup that was asked for. */
  public StoredBackup asked() {
    return members.getLast();
  }

  public boolean isIncremental() {
    return members.size() > 1;
  }

  /** Plain bytes of all members, as far as they are known: what combining them takes beside. */
  public long plainBytes() {
    return members.stream().mapToLong(member -> member.manifest().plainBytes()).sum();
  }

  /** The members by name, the full one first. */
  public String describe() {
    return members.stream()
        .map(member -> member.manifest().backupId())
        .map(BackupId::value)
        .collect(Collectors.joining(" + "));
  }
}
