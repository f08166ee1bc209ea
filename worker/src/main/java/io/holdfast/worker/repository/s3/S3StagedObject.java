package io.holdfast.worker.repository.s3;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.failure.JobStopped;
import io.holdfast.worker.repository.Retry;
import io.holdfast.worker.repository.StagedObject;
import java.util.Optional;

/**
 * An object while it is written: one put when it fits into a part, else a multipart upload whose
 * parts travel while the next ones are filled.
 *
 * <p>What the store says it holds is compared with the digests of what was sent; where its entity
 * tags are no MD5, the whole object is read back instead.
 */
final class S3StagedObject extends StagedObject {
  private final S3Calls calls;
  private final String key;
  private final Retry retry;
  private final PartSizes sizes;
  private final PartUploads uploads;
  private PartBuffer current;
  private int number = 1;
  private long bytes;
  private volatile boolean closed;
  private boolean committed;

  S3StagedObject(S3Calls calls, String key, long expectedBytes, S3Settings settings, Retry retry) {
    this.calls = calls;
    this.key = key;
    this.retry = retry;
    this.sizes = new PartSizes(settings.partSizeBytes(), expectedBytes);
    this.uploads = new PartUploads(calls, key, settings.partsInFlight(), retry);
    this.current = uploads.emptyBuffer();
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    int done = 0;
    while (done < length) {
      refuseWhenClosed();
      int limit = sizes.bytesOf(number);
      if (current.length() == limit) {
        uploads.send(number++, current);
        current = uploads.emptyBuffer();
      } else {
        done += current.fill(source, offset + done, length - done, limit);
      }
    }
    bytes += length;
  }

  @Override
  public void commit(String sha256) {
    refuseWhenClosed();
    String expectedEtag;
    if (number == 1) {
      Md5 md5 = Md5.of(current);
      putCurrent(md5);
      expectedEtag = md5.hex();
    } else {
      uploads.send(number, current);
      expectedEtag = uploads.complete();
    }
    committed = true;
    confirm(expectedEtag, sha256);
  }

  private void putCurrent(Md5 md5) {
    retry.run(() -> calls.putInClass(key, current, md5.base64()));
  }

  /** Size always; content by the entity tag, or by reading it back. */
  private void confirm(String expectedEtag, String sha256) {
    Optional<S3Calls.Head> head = retry.call(() -> calls.head(key));
    if (head.isEmpty() || head.get().bytes() != bytes) {
      throw differs(head.map(h -> "it has " + h.bytes() + " bytes").orElse("it is absent"));
    }
    if (!head.get().etag().equalsIgnoreCase(expectedEtag)) {
      String seen = Readback.sha256(new S3Input(calls, key, retry));
      if (!seen.equals(sha256)) {
        throw differs("its SHA-256 is " + seen + " instead of " + sha256);
      }
    }
  }

  private JobFailure differs(String because) {
    JobFailure failure =
        new JobFailure(
            ErrorCode.STORED_BYTES_DIFFER,
            "the store confirmed '" + key + "' of " + bytes + " bytes, but " + because,
            "The store or something between it and the worker changes or loses bytes.");
    try {
      retry.run(() -> calls.delete(key, null));
    } catch (JobFailure onDelete) {
      failure.addSuppressed(onDelete);
    }
    return failure;
  }

  private void refuseWhenClosed() {
    if (closed) {
      throw new JobStopped("the object was discarded while it was written");
    }
  }

  @Override
  public void close() {
    closed = true;
    if (!committed) {
      uploads.discard();
    }
  }
}
