package io.holdfast.worker.repository;

import io.holdfast.model.repository.Capabilities;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A place for objects. Keys are relative, {@code /}-separated, made by Holdfast and never by a
 * user. Thread-safe. Failures are {@link io.holdfast.worker.failure.JobFailure} with a repository
 * code; {@code ErrorCode.retryable} tells whether to try again.
 *
 * <p>Promises, proven by one contract suite for every driver:
 *
 * <ul>
 *   <li>an object is visible under its key whole or not at all;
 *   <li>{@link StagedObject#commit} returns only when the store holds every byte, durably, and has
 *       confirmed size and content;
 *   <li>{@link #createIfAbsent} lets exactly one of many callers win where {@link
 *       Capabilities#conditionalPut} is true.
 * </ul>
 */
public interface Repository extends AutoCloseable {
  /**
   * Begins an object whose size need not be known.
   *
   * @param expectedBytes an upper estimate for choosing part sizes; 0 when unknown
   */
  StagedObject stage(String key, long expectedBytes);

  /**
   * Writes a small object unless the key is taken.
   *
   * @return whether this call created it. A retried success is told from a lost race by reading the
   *     object back and comparing.
   */
  boolean createIfAbsent(String key, byte[] content);

  /**
   * As {@link #createIfAbsent}, for what is removed before long: where objects are locked, this one
   * is not.
   */
  boolean createPassing(String key, byte[] content);

  /**
   * Puts a small object in the place of another, in one step: at every moment a reader finds one of
   * the two, whole. What was removed since is not made again, however late the write arrives, on a
   * store that honours the condition {@code If-Match}. On any other, and in a directory, there is a
   * moment between the last look and the write, of a request or a system call, in which a removal
   * goes unnoticed.
   *
   * @return whether the new one lies there; false: there was none to replace any more
   */
  boolean replace(String key, byte[] content);

  /**
   * Opens an object from its first byte. The caller closes the stream.
   *
   * @throws io.holdfast.worker.failure.JobFailure ARTIFACT_DAMAGED when there is no such object
   */
  InputStream open(String key);

  Optional<ObjectStat> stat(String key);

  /**
   * Every key below the folder {@code prefix} (empty, or ending in a slash), in order, past any
   * page limit of the store.
   */
  List<ObjectStat> list(String prefix);

  /**
   * Removes an object; one that is missing is fine.
   *
   * @throws io.holdfast.worker.failure.JobFailure OBJECT_LOCKED when the store keeps it for now
   */
  void delete(String key);

  /**
   * Puts an object under a legal hold of the store, or ends that. Until then nobody removes it,
   * whoever asks.
   *
   * @throws io.holdfast.worker.failure.JobFailure REPOSITORY_REFUSED where the store has no holds,
   *     ARTIFACT_DAMAGED when there is no such object
   */
  void hold(String key, boolean held);

  /**
   * Removes what dead writers left unfinished below a folder: partial files, open multipart
   * uploads. Whole objects stay. The caller knows that nobody writes there any more.
   */
  default void discardUnfinished(String prefix) {
    discardUnfinished(prefix, key -> true);
  }

  /**
   * As {@link #discardUnfinished(String)}, of some objects only.
   *
   * @param dead tells by the key of the object that was to be
   */
  void discardUnfinished(String prefix, Predicate<String> dead);

  /** Finds out by trying, under a key of its own, and leaves nothing behind. */
  Capabilities probe();

  @Override
  void close();

  /** A key and its size in bytes. */
  record ObjectStat(String key, long bytes) {}
}
