package io.holdfast.worker.transfer;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Artifact.Digest;
import io.holdfast.worker.codec.Decoders;
import io.holdfast.worker.encryption.Seal;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.repository.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/** The plain bytes of an artifact, proven at their end. */
final class ArtifactInput extends InputStream {
  /** Not worth a thread and its buffers: most artifacts beside the data are like this. */
  private static final long SMALL_BYTES = 128 * 1024;

  private final String key;
  private final Artifact artifact;
  private final Progress progress;
  private final MeteredInput raw;
  private final Meter stored;
  private final Meter plain = new Meter();
  private final InputStream decoded;
  private boolean ended;

  private ArtifactInput(
      String key,
      Artifact artifact,
      Progress progress,
      MeteredInput raw,
      Meter stored,
      InputStream decoded) {
    this.key = key;
    this.artifact = artifact;
    this.progress = progress;
    this.raw = raw;
    this.stored = stored;
    this.decoded = decoded;
  }

  static InputStream open(
      Repository repository,
      String key,
      Artifact artifact,
      Seal seal,
      Progress progress,
      AtomicLong storedBytes) {
    Meter stored = new Meter();
    MeteredInput raw = new MeteredInput(repository.open(key), stored, storedBytes);
    try {
      InputStream decoder = Decoders.open(artifact.codec(), seal.decoder(key, raw));
      boolean small = artifact.stored().bytes() <= SMALL_BYTES;
      InputStream decoded = small ? decoder : new ReadAhead(decoder);
      return new ArtifactInput(key, artifact, progress, raw, stored, decoded);
    } catch (JobFailure e) {
      try (raw) {
        throw e;
      } catch (IOException onClose) {
        throw e;
      }
    } catch (IOException e) {
      try (raw) {
        throw damaged(key, e.getMessage(), e);
      } catch (IOException onClose) {
        throw damaged(key, e.getMessage(), e);
      }
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (ended) {
      return -1;
    }
    int read;
    try {
      read = decoded.read(buffer, offset, length);
    } catch (IOException e) {
      progress.advanced(0);
      throw damaged(key, e.getMessage(), e);
    }
    if (read < 0) {
      prove();
      ended = true;
      return -1;
    }
    if (artifact.plain() != null) {
      plain.add(buffer, offset, read);
    }
    progress.advanced(read);
    return read;
  }

  private void prove() throws IOException {
    byte[] rest = new byte[8192];
    while (raw.read(rest, 0, rest.length) >= 0) {
      // Bytes behind the decoder's end belong to the stored digest, too.
      continue;
    }
    compare("stored", artifact.stored(), stored.digest());
    if (artifact.plain() != null) {
      compare("plain", artifact.plain(), plain.digest());
    }
  }

  private void compare(String what, Digest recorded, Digest seen) {
    if (recorded.bytes() != seen.bytes()) {
      throw damaged(
          key,
          "its "
              + what
              + " size is "
              + seen.bytes()
              + " bytes, the manifest says "
              + recorded.bytes(),
          null);
    }
    if (!recorded.sha256().equals(seen.sha256())) {
      throw damaged(
          key,
          "its "
              + what
              + " SHA-256 is "
              + seen.sha256()
              + ", the manifest says "
              + recorded.sha256(),
          null);
    }
  }

  private static JobFailure damaged(String key, String what, Throwable cause) {
    return new JobFailure(
        ErrorCode.ARTIFACT_DAMAGED,
        "'" + key + "' is damaged: " + what,
        "Restore from another backup, and find out what changed the object.",
        cause);
  }

  @Override
  public void close() throws IOException {
    decoded.close();
    raw.close();
  }
}
