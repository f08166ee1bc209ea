package io.holdfast.worker.expire;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.JobId;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.Tombstone;
import io.holdfast.worker.repository.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;

/**
 * Takes manifests away and puts them back. Both can be done again from wherever they were
 * interrupted: the tombstone is there before the manifest goes, and until it is back.
 */
record Graves(Repository repository, Clock clock, JobId job) {
  private static final int LARGEST_BYTES = 96 * 1024 * 1024;

  /**
   * From here on the backup does not exist for anybody.
   *
   * @throws JobFailure OBJECT_LOCKED when the store keeps the manifest; nothing has changed then
   */
  void bury(BackupLayout layout, String because) {
    byte[] manifest =
        repository.stat(layout.manifest()).isPresent() ? bytes(layout.manifest()) : null;
    Tombstone tombstone = new Tombstone(job, because, clock.instant(), manifest);
    // False when an attempt before this one was as far: what it wrote is as good.
    boolean unused = repository.createPassing(layout.tombstone(), Wire.document(tombstone));
    try {
      repository.delete(layout.manifest());
    } catch (JobFailure failure) {
      if (failure.code() == ErrorCode.OBJECT_LOCKED) {
        repository.delete(layout.tombstone());
      }
      throw failure;
    }
  }

  /** The backup exists again. None of its objects may have been removed. */
  void raise(BackupLayout layout) {
    Tombstone tombstone = Wire.read(bytes(layout.tombstone()), Tombstone.class);
    if (tombstone.manifest() != null) {
      boolean unused = repository.createIfAbsent(layout.manifest(), tombstone.manifest());
    }
    repository.delete(layout.tombstone());
  }

  private byte[] bytes(String key) {
    try (InputStream in = repository.open(key)) {
      return in.readNBytes(LARGEST_BYTES);
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.REPOSITORY_UNAVAILABLE,
          "reading '" + key + "' broke: " + e.getMessage(),
          "Look at the repository and at the connection to it.",
          e);
    }
  }
}
