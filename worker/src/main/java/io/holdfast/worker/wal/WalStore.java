package io.holdfast.worker.wal;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.manifest.Encryption;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.encryption.Seal;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.encryption.WalSeals;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The WAL of one cluster in its repository. A file is there whole and confirmed or not at all, and
 * is never overwritten. Thread-safe. The repository is the caller's.
 */
public final class WalStore {
  private final Repository repository;
  private final WalLayout layout;
  private final WalSeals seals;
  private final boolean encryptedOnly;

  /** For who needs no key: it stores without encryption and reads what was stored so. */
  public WalStore(Repository repository, WalLayout layout) {
    this(repository, layout, null, null, null);
  }

  /**
   * @param spec how what is put is encrypted; null: not
   */
  public WalStore(
      Repository repository, WalLayout layout, Seals seals, EncryptionSpec spec, Clock clock) {
    this(repository, layout, new WalSeals(seals, spec, repository, layout.folder(), clock), false);
  }

  private WalStore(Repository repository, WalLayout layout, WalSeals seals, boolean encryptedOnly) {
    this.repository = repository;
    this.layout = layout;
    this.seals = seals;
    this.encryptedOnly = encryptedOnly;
  }

  /**
   * The same archive for who reads on from an encrypted backup: segments that are not encrypted are
   * refused, since anybody who may write to the repository could have made them.
   */
  public WalStore encryptedOnly() {
    return new WalStore(repository, layout, seals, true);
  }

  public WalLayout layout() {
    return layout;
  }

  /**
   * What became of a file.
   *
   * @param keptAt where other content under the same name was put aside; null unless {@link
   *     Outcome#CONFLICT}
   */
  public record Stored(Outcome outcome, String keptAt) {}

  /**
   * Stored now; stored before with the same content; refused, since other content holds its name.
   */
  public enum Outcome {
    STORED,
    ALREADY,
    CONFLICT
  }

  /**
   * Reads a file and makes an object of it, in memory.
   *
   * @param length so many bytes are read, if there are as many
   * @param level of zstd
   * @throws JobFailure KEY_UNAVAILABLE, KEY_REFUSED
   */
  public WalObject.Encoded encode(WalFileName file, InputStream plain, int length, int level)
      throws IOException {
    return encode(file, plain, length, level, layout.key(file));
  }

  private WalObject.Encoded encode(
      WalFileName file, InputStream plain, int length, int level, String key) throws IOException {
    return WalObject.encode(layout, file, plain, length, level, key, seals.current());
  }

  /**
   * Returns when the store holds the file durably and has confirmed its digest.
   *
   * @throws JobFailure WAL_DAMAGED when what lies there is not what was stored once
   */
  public Stored put(WalFileName file, WalObject.Encoded encoded) {
    String key = layout.key(file);
    if (repository.createIfAbsent(key, encoded.object())) {
      return new Stored(Outcome.STORED, null);
    }
    WalObject.Label there = confirmed(key);
    if (encoded.sameAs(there, seals.of(there.encryption()))) {
      return new Stored(Outcome.ALREADY, null);
    }
    String aside = layout.conflict(file, encoded.label().plain().sha256());
    // False when the same content was refused before: it is kept already.
    boolean unused = repository.createIfAbsent(aside, encoded.object());
    return new Stored(Outcome.CONFLICT, aside);
  }

  /** A label alone proves nothing: whoever is told that it is stored removes the segment. */
  private WalObject.Label confirmed(String key) {
    try (InputStream object = repository.open(key)) {
      return WalObject.confirm(key, object);
    } catch (IOException e) {
      throw unreadable(key, e);
    }
  }

  private WalObject.Label label(String key) {
    try (InputStream object = repository.open(key)) {
      return WalObject.label(key, object);
    } catch (IOException e) {
      throw unreadable(key, e);
    }
  }

  /**
   * Stores the beginning of a segment that is not finished; of the same length once only.
   *
   * @param part read to its end
   */
  public void putGrowing(WalFileName segment, InputStream part, int bytes, int level)
      throws IOException {
    String key = layout.growing(segment, bytes);
    WalObject.Encoded encoded = encode(segment, part, bytes, level, key);
    // False when another worker stored as much of it before.
    boolean unused = repository.createPassing(key, encoded.object());
  }

  public void discardGrowing(WalFileName segment, int bytes) {
    repository.delete(layout.growing(segment, bytes));
  }

  /** How long an archived file is, by its label; empty when it is not there. */
  public Optional<Long> plainBytes(WalFileName file) {
    return has(file) ? Optional.of(label(layout.key(file)).plain().bytes()) : Optional.empty();
  }

  /** Whether the archive has a file of that name, whole or not. */
  public boolean has(WalFileName file) {
    return repository.stat(layout.key(file)).isPresent();
  }

  /**
   * A file, every byte of it held against its label, and a segment's against its name.
   *
   * @return empty when the archive has no such file, which is certain
   * @throws JobFailure WAL_DAMAGED, or a repository code when nobody can tell
   */
  public Optional<byte[]> get(WalFileName file) {
    String key = layout.key(file);
    if (repository.stat(key).isEmpty()) {
      return Optional.empty();
    }
    byte[] plain = read(key, file);
    if (file.kind() == WalFileName.Kind.SEGMENT || file.kind() == WalFileName.Kind.PARTIAL) {
      PageHeader.read(file, plain)
          .requireFits(file, plain.length, layout.cluster(), layout.systemIdentifier());
    }
    return Optional.of(plain);
  }

  /** As {@link #get}, by key; a growing segment is what has been received of it. */
  private byte[] read(String key, WalFileName file) {
    try (InputStream object = repository.open(key)) {
      return WalObject.decode(key, layout, file, object, encryption -> seal(key, file, encryption));
    } catch (IOException e) {
      throw unreadable(key, e);
    }
  }

  private Seal seal(String key, WalFileName file, Encryption encryption) {
    if (encryptedOnly && encryption == null && file.kind() != WalFileName.Kind.HISTORY) {
      throw new JobFailure(
          ErrorCode.NOT_AUTHENTIC,
          "'" + key + "' is not encrypted, and the backup that it would be replayed upon is",
          "Where encryption was switched off since, recover from a backup that was taken after;"
              + " otherwise somebody put it there.");
    }
    return seals.of(encryption);
  }

  /** What a timeline's archived history says; of timeline 1 without a look. */
  public Optional<TimelineHistory> history(int timeline) {
    if (timeline == 1) {
      return Optional.of(TimelineHistory.first(1));
    }
    return get(WalFileName.history(timeline))
        .map(
            text -> {
              try {
                return TimelineHistory.parse(timeline, new String(text, StandardCharsets.UTF_8));
              } catch (IllegalArgumentException e) {
                throw new JobFailure(
                    ErrorCode.WAL_DAMAGED,
                    "the history of timeline " + timeline + " cannot be read: " + e.getMessage(),
                    "Look at the archived file '"
                        + layout.key(WalFileName.history(timeline))
                        + "'.");
              }
            });
  }

  /**
   * What has been received of an unfinished segment: the longest part; empty when there is none.
   */
  public Optional<byte[]> growing(WalFileName segment) {
    return repository.list(layout.segments(segment.timeline(), segment.logId())).stream()
        .map(ObjectStat::key)
        .filter(
            key ->
                WalLayout.growing(key)
                    .filter(growing -> growing.segment().equals(segment))
                    .isPresent())
        // The length in the name is hexadecimal with a fixed width.
        .max(String::compareTo)
        .map(key -> read(key, segment));
  }

  /** Timelines whose history is archived, ascending. */
  public SortedSet<Integer> histories() {
    SortedSet<Integer> timelines = new TreeSet<>();
    for (ObjectStat object : repository.list(layout.histories())) {
      WalLayout.file(object.key()).map(WalFileName::timeline).ifPresent(timelines::add);
    }
    return timelines;
  }

  /** Every object of a cluster's WAL below a folder of its own, in order of keys. */
  public List<ObjectStat> list(String folder) {
    return repository.list(folder);
  }

  private static UncheckedIOException unreadable(String key, IOException e) {
    return new UncheckedIOException("reading '" + key + "' failed", e);
  }
}
