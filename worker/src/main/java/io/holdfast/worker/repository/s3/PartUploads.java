package io.holdfast.worker.repository.s3;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.failure.JobStopped;
import io.holdfast.worker.repository.Retry;
import io.minio.messages.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The parts of one multipart upload: a fixed set of buffers goes round between the writer and
 * threads that send them. A part that fails in passing is sent again from its buffer.
 */
final class PartUploads {
  private record Sent(Md5 md5, String etag) {}

  private final S3Calls calls;
  private final String key;
  private final Retry retry;
  private final int buffers;
  private final BlockingQueue<PartBuffer> free;
  private final Map<Integer, Sent> sent = new ConcurrentSkipListMap<>();
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
  private final List<Thread> senders = new ArrayList<>();
  private String uploadId;
  private boolean ended;

  PartUploads(S3Calls calls, String key, int partsInFlight, Retry retry) {
    this.calls = calls;
    this.key = key;
    this.retry = retry;
    this.buffers = partsInFlight + 1;
    this.free = new ArrayBlockingQueue<>(buffers);
    for (int i = 0; i < buffers; i++) {
      free.add(new PartBuffer());
    }
  }

  /** The next buffer to fill; waits until one came back, or a part failed, or {@link #discard}. */
  PartBuffer emptyBuffer() {
    try {
      while (true) {
        refuseWhenFailed();
        PartBuffer buffer = free.poll(100, TimeUnit.MILLISECONDS);
        if (buffer != null) {
          buffer.clear();
          return buffer;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobStopped("interrupted while parts were uploaded");
    }
  }

  /** Sends a part from a thread of its own; its buffer comes back when it has arrived. */
  synchronized void send(int number, PartBuffer part) {
    refuseWhenFailed();
    if (ended) {
      throw new JobStopped("the upload was discarded");
    }
    if (number > PartSizes.MOST_PARTS) {
      throw new IllegalStateException("more parts than S3 allows: " + key);
    }
    if (uploadId == null) {
      uploadId = retry.call(() -> calls.begin(key));
    }
    senders.removeIf(sender -> !sender.isAlive());
    senders.add(Thread.ofVirtual().name("upload-" + number).start(() -> sendNow(number, part)));
  }

  private void sendNow(int number, PartBuffer part) {
    try {
      Md5 md5 = Md5.of(part);
      String etag =
          retry.call(
              () -> {
                refuseWhenFailed();
                return calls.uploadPart(key, uploadId, number, part, md5.base64());
              });
      sent.put(number, new Sent(md5, etag));
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    } finally {
      free.add(part);
    }
  }

  private void refuseWhenFailed() {
    RuntimeException first = failure.get();
    if (first != null) {
      throw first;
    }
  }

  /**
   * Waits for the parts and makes the object visible.
   *
   * @return the entity tag it has on a store that tags by MD5
   */
  synchronized String complete() {
    awaitSenders();
    refuseWhenFailed();
    List<Part> parts = new ArrayList<>();
    sent.forEach((number, part) -> parts.add(new Part(number, part.etag())));
    try {
      calls.complete(key, uploadId, parts);
    } catch (JobFailure e) {
      completeAgain(parts, e);
    }
    ended = true;
    return Md5.etagOf(sent.values().stream().map(Sent::md5).toList());
  }

  /**
   * An answer may be lost after the store has done its work: then the upload is gone, the object
   * there.
   */
  private void completeAgain(List<Part> parts, JobFailure first) {
    if (first.code() != ErrorCode.REPOSITORY_UNAVAILABLE) {
      throw first;
    }
    retry.run(
        () -> {
          Optional<S3Calls.Head> there = calls.head(key);
          if (there.isEmpty()) {
            calls.complete(key, uploadId, parts);
          }
        });
  }

  /** Ends the upload and removes its parts, as far as the store can be reached. Idempotent. */
  void discard() {
    failure.compareAndSet(null, new JobStopped("the upload was discarded"));
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      awaitSenders();
      if (uploadId != null) {
        abort();
      }
    }
  }

  private void abort() {
    try {
      retry.run(() -> calls.abort(key, uploadId));
    } catch (JobFailure | JobStopped unreachable) {
      // discardUnfinished finds it later; an earlier failure must not be hidden by this one.
      return;
    }
  }

  /** Bounded: every call ends by itself after its timeout, and a failure stops the retries. */
  private void awaitSenders() {
    boolean interrupted = false;
    for (Thread sender : senders) {
      while (sender.isAlive()) {
        try {
          sender.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
