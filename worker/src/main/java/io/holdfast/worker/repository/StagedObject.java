package io.holdfast.worker.repository;

import java.io.OutputStream;

/**
 * An object being written. Bytes become visible by {@link #commit} only; {@link #close} without it
 * discards what was staged, a multipart upload included. Memory is bounded by the part size times
 * the parts in flight.
 *
 * <p>Used by one thread, except that {@link #close} may come from another one to end a blocked
 * write.
 */
public abstract class StagedObject extends OutputStream {
  /**
   * Makes the object visible once the store has confirmed that it holds exactly these bytes.
   *
   * @param sha256 lower-case hexadecimal digest of everything written, as the caller saw it pass
   * @throws io.holdfast.worker.failure.JobFailure STORED_BYTES_DIFFER when the store holds
   *     something else; nothing is visible then
   */
  public abstract void commit(String sha256);

  /**
   * Discards unless committed. Idempotent, and throws nothing that would hide an earlier failure.
   */
  @Override
  public abstract void close();
}
