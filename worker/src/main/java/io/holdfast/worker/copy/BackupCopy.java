package io.holdfast.worker.copy;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.JobResult.CopiedBackup;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.ManifestStore;
import io.holdfast.worker.manifest.ManifestStore.Committed;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.rate.RateLimit;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.repository.StagedObject;
import io.holdfast.worker.stored.StoredBackup;
import io.holdfast.worker.transfer.Transfer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The bytes of one backup after another on their way. Used by one thread. */
final class BackupCopy {
  private static final int CHUNK_BYTES = 512 * 1024;
  private static final int LARGEST_DOCUMENT_BYTES = 64 * 1024 * 1024;

  private final Repository source;
  private final ManifestStore manifests;
  private final Repository destination;
  private final ManifestStore copies;
  private final boolean readBack;
  private int objectsSent;
  private long bytesSent;

  /**
   * @param readBack whether what was sent is read again and compared
   */
  BackupCopy(
      Repository source,
      ManifestStore manifests,
      Repository destination,
      ManifestStore copies,
      boolean readBack) {
    this.source = source;
    this.manifests = manifests;
    this.destination = destination;
    this.copies = copies;
    this.readBack = readBack;
  }

  int objectsSent() {
    return objectsSent;
  }

  long bytesSent() {
    return bytesSent;
  }

  /**
   * @param sha256 of its manifest, as it was when it was found to be the right one
   * @throws JobFailure NOT_AUTHENTIC when it was exchanged since
   */
  CopiedBackup take(StoredBackup backup, String sha256) {
    BackupLayout layout = backup.layout();
    Committed original = manifests.readCommitted(layout);
    requireUnchanged(layout, original, sha256);
    Manifest manifest = original.manifest();
    boolean exists = destination.stat(layout.manifest()).isPresent();
    if (exists) {
      requireSame(layout, original);
    }
    backup
        .attempt()
        .phase("COPYING " + layout.backupId(), manifest.storedBytes() * (readBack ? 2 : 1));
    Transfer there = new Transfer(destination, backup.attempt(), RateLimit.none());
    for (Artifact artifact : manifest.artifacts()) {
      take(backup, artifact, there);
    }
    takeDocuments(layout, manifest, exists);
    backup.attempt().requireHeld();
    boolean unused =
        destination.createIfAbsent(layout.manifest(), document(source, layout.manifest()));
    requireSame(layout, original);
    return new CopiedBackup(layout.backupId(), manifest.storedBytes(), original.sha256());
  }

  private void take(StoredBackup backup, Artifact artifact, Transfer there) {
    String key = backup.layout().key(artifact.object());
    Optional<ObjectStat> stat = destination.stat(key);
    boolean sized = stat.isPresent() && stat.get().bytes() == artifact.stored().bytes();
    if (sized && (!readBack || intact(there, key, artifact))) {
      return;
    }
    send(backup, artifact, key);
    if (readBack && !intact(there, key, artifact)) {
      throw new JobFailure(
          ErrorCode.STORED_BYTES_DIFFER,
          "'" + key + "' was confirmed by the destination, but what it gives back differs",
          "The destination, or something between it and the worker, changes or loses bytes.");
    }
  }

  private static boolean intact(Transfer transfer, String key, Artifact artifact) {
    try {
      transfer.checksum(key, artifact);
      return true;
    } catch (JobFailure failure) {
      if (failure.code() == ErrorCode.ARTIFACT_DAMAGED) {
        return false;
      }
      throw failure;
    }
  }

  /** The stream from the source compares itself with the manifest before its end is reached. */
  private void send(StoredBackup backup, Artifact artifact, String key) {
    try (InputStream stored = backup.transfer().openStored(key, artifact);
        StagedObject staged = destination.stage(key, artifact.stored().bytes());
        Progress.Registration stop = backup.attempt().closeOnStop(staged)) {
      byte[] chunk = new byte[CHUNK_BYTES];
      for (int read = stored.read(chunk); read >= 0; read = stored.read(chunk)) {
        staged.write(chunk, 0, read);
      }
      backup.attempt().requireHeld();
      staged.commit(artifact.stored().sha256());
    } catch (IOException e) {
      throw broken(key, e);
    }
    objectsSent++;
    bytesSent += artifact.stored().bytes();
  }

  /**
   * Whatever lies beside the artifacts and is part of the committed run, such as {@code
   * SHA256SUMS}; claims and other runs are not.
   */
  private void takeDocuments(BackupLayout layout, Manifest manifest, boolean exists) {
    Set<String> artifacts =
        manifest.artifacts().stream()
            .map(artifact -> layout.key(artifact.object()))
            .collect(Collectors.toSet());
    for (ObjectStat object : source.list(layout.folder())) {
      String key = object.key();
      boolean beside = key.indexOf('/', layout.folder().length()) < 0;
      boolean ofTheRun = key.startsWith(layout.run(manifest.runId()));
      if ((beside || ofTheRun) && !artifacts.contains(key) && !key.equals(layout.manifest())) {
        takeDocument(key, exists);
      }
    }
  }

  private void takeDocument(String key, boolean exists) {
    byte[] content = document(source, key);
    if (destination.createIfAbsent(key, content)) {
      objectsSent++;
      bytesSent += content.length;
    } else if (!Arrays.equals(document(destination, key), content)) {
      if (exists) {
        throw differs(key);
      }
      // Of something that never became a copy: without a manifest nobody relies on it.
      destination.delete(key);
      boolean unused = destination.createIfAbsent(key, content);
    }
  }

  private static void requireUnchanged(BackupLayout layout, Committed original, String sha256) {
    if (!original.sha256().equals(sha256)) {
      throw new JobFailure(
          ErrorCode.NOT_AUTHENTIC,
          "the manifest of backup " + layout.backupId() + " was changed while it was copied",
          "Nothing of it was sent. Look at what else writes to the source.");
    }
  }

  private void requireSame(BackupLayout layout, Committed original) {
    if (!copies.readCommitted(layout).sha256().equals(original.sha256())) {
      throw differs(layout.manifest());
    }
  }

  private static JobFailure differs(String key) {
    return new JobFailure(
        ErrorCode.COPY_DIFFERS,
        "the destination holds another '" + key + "' than the source",
        "One of the two was changed. Verify both; remove the wrong one by hand to copy again.");
  }

  private static byte[] document(Repository repository, String key) {
    try (InputStream in = repository.open(key)) {
      return in.readNBytes(LARGEST_DOCUMENT_BYTES);
    } catch (IOException e) {
      throw broken(key, e);
    }
  }

  private static JobFailure broken(String key, IOException e) {
    return new JobFailure(
        ErrorCode.REPOSITORY_UNAVAILABLE,
        "copying '" + key + "' broke: " + e.getMessage(),
        "Look at both repositories and at the connection to them.",
        e);
  }
}
