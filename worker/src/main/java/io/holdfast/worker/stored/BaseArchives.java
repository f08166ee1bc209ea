package io.holdfast.worker.stored;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Artifact.Kind;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.tar.BackupManifestCheck;
import io.holdfast.worker.tar.FilesSeen;
import io.holdfast.worker.tar.InspectedInput;
import io.holdfast.worker.tar.TarInspector;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The tar streams of a base backup, read once: every file is held against {@code backup_manifest}
 * while a reader takes what it wants. Verify reads into nothing, restore into a directory.
 */
public final class BaseArchives {
  private final StoredBackup backup;
  private final FilesSeen files = new FilesSeen();

  public BaseArchives(StoredBackup backup) {
    this.backup = backup;
  }

  /** Takes one archive's plain bytes, to their end. */
  public interface Reader {
    /**
     * @param tablespaceOid null for the base
     */
    void read(Long tablespaceOid, InputStream tar) throws IOException;
  }

  /**
   * Reads every archive.
   *
   * @return how many files passed
   * @throws JobFailure ARTIFACT_DAMAGED when a digest, a file or the WAL is not what it should be
   */
  public int read(Reader reader) {
    for (Artifact artifact : backup.manifest().artifacts()) {
      if (artifact.kind() == Kind.BASE_TAR || artifact.kind() == Kind.TABLESPACE_TAR) {
        read(artifact, reader);
      }
    }
    List<String> findings =
        BackupManifestCheck.compare(
            bytes(Kind.BACKUP_MANIFEST),
            files,
            backup.manifest().source().systemIdentifier(),
            backup.manifest().wal().segmentSizeBytes());
    if (!findings.isEmpty()) {
      throw new JobFailure(
          ErrorCode.ARTIFACT_DAMAGED,
          "the archives are not what backup_manifest lists: " + String.join("; ", findings),
          "Use another backup, and take a new one.");
    }
    return files.count();
  }

  private void read(Artifact artifact, Reader reader) {
    TarInspector inspector =
        artifact.tablespaceOid() == null
            ? TarInspector.ofBase(files)
            : TarInspector.ofTablespace(artifact.tablespaceOid(), files);
    try (InputStream plain = new InspectedInput(backup.open(artifact), inspector)) {
      reader.read(artifact.tablespaceOid(), plain);
      inspector.end();
    } catch (IOException e) {
      throw unreadable(artifact, e);
    }
  }

  /** The plain bytes of the one artifact of a kind; a few megabytes. */
  public byte[] bytes(Kind kind) {
    Artifact artifact = backup.artifacts(kind).getFirst();
    try (InputStream plain = backup.open(artifact)) {
      return plain.readAllBytes();
    } catch (IOException e) {
      throw unreadable(artifact, e);
    }
  }

  private static JobFailure unreadable(Artifact artifact, IOException e) {
    return new JobFailure(
        ErrorCode.ARTIFACT_DAMAGED,
        "'" + artifact.object() + "' cannot be read to its end: " + e.getMessage(),
        "Use another backup, and take a new one.",
        e);
  }
}
