package io.holdfast.worker.wal.fetch;

import io.holdfast.worker.failure.JobFailure;

/** What an archive says of a file. */
public sealed interface Fetched {
  /** The whole file, every byte proven. */
  record Present(byte[] content) implements Fetched {}

  /** The archive has no such file, which is certain. */
  record Absent() implements Fetched {}

  /** Nobody can tell, or what is there is damaged; recovery must not go on. */
  record Unknown(JobFailure because) implements Fetched {}
}
