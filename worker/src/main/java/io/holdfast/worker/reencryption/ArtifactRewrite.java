package io.holdfast.worker.reencryption;

import io.holdfast.model.Codec;
import io.holdfast.model.RunId;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.worker.encryption.Seal;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.rate.RateLimit;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.source.Source;
import io.holdfast.worker.stored.StoredBackup;
import io.holdfast.worker.transfer.Transfer;
import io.holdfast.worker.transfer.TransferSummary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Artifacts of one backup under other keys. The compressed bytes stay as they are: they are
 * decrypted, proven against the first one's manifest, and encrypted, in one stream. Used by one
 * thread.
 */
final class ArtifactRewrite {
  private static final int CHUNK_BYTES = 512 * 1024;

  private final StoredBackup original;
  private final BackupLayout layout;
  private final RunId run;
  private final Seal seal;
  private final Transfer transfer;
  private final boolean readable;

  ArtifactRewrite(
      StoredBackup original,
      BackupLayout layout,
      RunId run,
      Repository repository,
      Seals.Begun sealing) {
    this.original = original;
    this.layout = layout;
    this.run = run;
    this.seal = sealing.seal();
    this.transfer = new Transfer(repository, original.attempt(), RateLimit.none(), seal);
    this.readable = seal.readable();
  }

  /** Whether this worker can decrypt what it writes. */
  boolean readable() {
    return readable;
  }

  Artifact take(Artifact artifact) {
    try (Decrypted source = new Decrypted(compressed(artifact))) {
      TransferSummary summary =
          transfer.storeCompressed(
              source, layout.run(run) + name(artifact), artifact.codec(), expected(artifact));
      return new Artifact(
          artifact.kind(),
          layout.object(summary.key()),
          artifact.database(),
          artifact.tablespaceOid(),
          artifact.codec(),
          artifact.plain(),
          summary.stored());
    }
  }

  /**
   * @throws io.holdfast.worker.failure.JobFailure ARTIFACT_DAMAGED when what the repository gives
   *     back is not the content of the first one's artifact
   */
  void requireSame(Artifact written) {
    String key = layout.key(written.object());
    if (!readable) {
      transfer.checksum(key, written);
      return;
    }
    try (InputStream plain = transfer.open(key, written, seal)) {
      byte[] chunk = new byte[CHUNK_BYTES];
      while (plain.read(chunk) >= 0) {
        // The stream compares both digests at its end.
        continue;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading '" + key + "' back failed", e);
    }
  }

  /** As it was before it was encrypted; proven by the digest of the stored bytes. */
  private InputStream compressed(Artifact artifact) {
    return original
        .transfer()
        .open(
            original.layout().key(artifact.object()),
            new Artifact(
                artifact.kind(),
                artifact.object(),
                artifact.database(),
                artifact.tablespaceOid(),
                Codec.NONE,
                null,
                artifact.stored()),
            original.seal());
  }

  /** Below the folder of the run, without what the first one's encryption appended. */
  private String name(Artifact artifact) {
    String object = artifact.object();
    String name = object.substring(object.indexOf('/') + 1);
    return name.endsWith(original.seal().suffix())
        ? name.substring(0, name.length() - original.seal().suffix().length())
        : name;
  }

  /** Another kind of encryption adds a little more, or less. */
  private static long expected(Artifact artifact) {
    return artifact.stored().bytes() + artifact.stored().bytes() / 64 + 64 * 1024;
  }

  private record Decrypted(InputStream stream) implements Source {
    /** The stream itself fails when its end is not the end of what was stored. */
    @Override
    public void complete() {}

    @Override
    public void close() {
      try {
        stream.close();
      } catch (IOException e) {
        throw new UncheckedIOException("closing an object failed", e);
      }
    }
  }
}
