package io.holdfast.worker.repository.s3;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.repository.Capabilities;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.repository.Keys;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Retry;
import io.holdfast.worker.repository.StagedObject;
import io.holdfast.worker.secret.S3Keys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A bucket, or a prefix of one, of any S3 server. */
public final class S3Repository implements Repository {
  /** An entity tag as MD5 makes them, of no object. */
  private static final String NO_TAG = "00000000000000000000000000000000";

  private static final int TRIES = 5;

  private final S3Calls calls;
  private final S3Calls unlocked;
  private final boolean locks;
  private final Clock clock;
  private final S3Settings settings;
  private final Retry retry;
  private volatile Conditions conditions = Conditions.UNKNOWN;
  private volatile Conditions matching = Conditions.UNKNOWN;

  /** What the store makes of a put with a condition. */
  private enum Conditions {
    UNKNOWN,
    HONOURED,
    IGNORED
  }

  /**
   * @param clock that locks run by
   */
  public S3Repository(
      S3RepositorySpec spec, S3Keys keys, S3Settings settings, Waiter waiter, Clock clock) {
    if (!spec.prefix().isEmpty()) {
      Keys.check(spec.prefix());
    }
    this.calls = new S3Calls(spec, keys, settings, clock);
    this.unlocked = calls.unlocked();
    this.locks = spec.objectLock() != null;
    this.clock = clock;
    this.settings = settings;
    this.retry = Retry.standard(waiter);
  }

  @Override
  public StagedObject stage(String key, long expectedBytes) {
    return new S3StagedObject(calls, Keys.check(key), expectedBytes, settings, retry);
  }

  /**
   * A conditional put. On a store that honours the condition, exactly one of many callers wins;
   * whether it does is found out with the first object that is created. On one that does not, a
   * look before and one after narrow the race to the time between them: the caller that finds its
   * own bytes last wins.
   */
  @Override
  public boolean createIfAbsent(String key, byte[] content) {
    return create(calls, Keys.check(key), content);
  }

  @Override
  public boolean createPassing(String key, byte[] content) {
    return create(unlocked, Keys.check(key), content);
  }

  private boolean create(S3Calls with, String key, byte[] content) {
    boolean sure = conditions == Conditions.HONOURED;
    if (!sure && calls.head(key).isPresent()) {
      return false;
    }
    PartBuffer bytes = buffer(content);
    Md5 md5 = Md5.of(bytes);
    S3Calls.Created created = with.putIfAbsent(key, bytes, md5.base64());
    return switch (created.put()) {
      case TAKEN -> false;
      case CREATED -> {
        if (conditions == Conditions.UNKNOWN) {
          conditions = conditionsAt(with, key, bytes, md5);
        }
        yield conditions == Conditions.HONOURED && created.etag().equals(md5.hex())
            || holds(key, content);
      }
      case NO_CONDITIONS -> {
        conditions = Conditions.IGNORED;
        String etag = with.put(key, bytes, md5.base64());
        yield !etag.isEmpty() && holds(key, content);
      }
    };
  }

  /** Puts the same bytes there again, which a store that honours conditions refuses. */
  private static Conditions conditionsAt(S3Calls with, String key, PartBuffer bytes, Md5 md5) {
    return with.putIfAbsent(key, bytes, md5.base64()).put() == S3Calls.Put.TAKEN
        ? Conditions.HONOURED
        : Conditions.IGNORED;
  }

  /**
   * A put on the condition that the object is the one that was looked at. Whether the store honours
   * that is found out with the first one: by a condition that cannot hold. Who writes in spite of
   * it has written what was wanted.
   */
  @Override
  public boolean replace(String key, byte[] content) {
    Keys.check(key);
    PartBuffer bytes = buffer(content);
    String md5 = Md5.of(bytes).base64();
    for (int tried = 0; tried < TRIES; tried++) {
      Optional<S3Calls.Head> there = calls.head(key);
      if (there.isEmpty()) {
        return false;
      }
      if (matching == Conditions.UNKNOWN
          && calls.putIfMatch(key, NO_TAG, bytes, md5).put() == S3Calls.Put.TAKEN) {
        matching = Conditions.HONOURED;
      }
      if (matching != Conditions.HONOURED) {
        matching = Conditions.IGNORED;
        String unused = calls.put(key, bytes, md5);
        return true;
      }
      if (calls.putIfMatch(key, there.get().etag(), bytes, md5).put() == S3Calls.Put.CREATED) {
        return true;
      }
    }
    throw new JobFailure(
        ErrorCode.REPOSITORY_UNAVAILABLE,
        "'" + key + "' was another object each time it was to be replaced",
        "Look at what else writes there.");
  }

  private boolean holds(String key, byte[] content) {
    try (InputStream in = new S3Input(calls, key, retry)) {
      return Arrays.equals(in.readNBytes(content.length + 1), content);
    } catch (IOException e) {
      throw S3Errors.translate("read back", key, e);
    }
  }

  @Override
  public InputStream open(String key) {
    return new S3Input(calls, Keys.check(key), retry);
  }

  @Override
  public Optional<ObjectStat> stat(String key) {
    return calls.head(Keys.check(key)).map(head -> new ObjectStat(key, head.bytes()));
  }

  @Override
  public List<ObjectStat> list(String prefix) {
    return calls.list(Keys.checkPrefix(prefix)).stream()
        .sorted(Comparator.comparing(ObjectStat::key))
        .toList();
  }

  /**
   * Where objects are locked they have versions, and a deletion that names none hides an object and
   * frees nothing: each version is looked at and removed.
   */
  @Override
  public void delete(String key) {
    Keys.check(key);
    if (!locks) {
      calls.delete(key, null);
      return;
    }
    deleteVersions(key, head -> refuseWhenLocked(key, head));
  }

  private void deleteVersions(String key, Consumer<S3Calls.Head> look) {
    Optional<S3Calls.Head> there = calls.head(key);
    while (there.isPresent()) {
      look.accept(there.get());
      calls.delete(key, there.get().version());
      there = there.get().version() == null ? Optional.empty() : calls.head(key);
    }
  }

  private void refuseWhenLocked(String key, S3Calls.Head head) {
    if (head.held()) {
      throw new JobFailure(
          ErrorCode.OBJECT_LOCKED,
          "'" + key + "' is under a legal hold",
          "End the hold, then remove it.");
    }
    if (head.lockedUntil() != null && head.lockedUntil().isAfter(clock.instant())) {
      throw new JobFailure(
          ErrorCode.OBJECT_LOCKED,
          "'" + key + "' is locked until " + head.lockedUntil(),
          "Nothing to do: it can be removed after that.");
    }
  }

  @Override
  public void hold(String key, boolean held) {
    calls.hold(Keys.check(key), held);
  }

  @Override
  public void discardUnfinished(String prefix, Predicate<String> dead) {
    calls.openUploads(Keys.checkPrefix(prefix)).stream()
        .filter(upload -> dead.test(upload.key()))
        .forEach(upload -> calls.abort(upload.key(), upload.uploadId()));
  }

  @Override
  public Capabilities probe() {
    String key = "probes/" + UUID.randomUUID();
    byte[] content = "holdfast probe\n".getBytes(StandardCharsets.US_ASCII);
    PartBuffer bytes = buffer(content);
    String md5 = Md5.of(bytes).base64();
    boolean left = true;
    try {
      boolean written =
          switch (unlocked.putIfAbsent(key, bytes, md5).put()) {
            case CREATED -> true;
            case TAKEN -> false;
            case NO_CONDITIONS -> !unlocked.put(key, bytes, md5).isEmpty();
          };
      boolean conditional = unlocked.putIfAbsent(key, bytes, md5).put() == S3Calls.Put.TAKEN;
      boolean listed = list("probes/").contains(new ObjectStat(key, content.length));
      boolean readable = holds(key, content);
      boolean aborts = aborts(key + "-parts", bytes, md5);
      left = false;
      return new Capabilities(
          written && readable,
          conditional,
          aborts,
          listed,
          calls.locks().orElse(null),
          deletes(key),
          calls.certificateExpiresAt());
    } finally {
      if (left) {
        calls.delete(key, null);
      }
    }
  }

  /** Removes what was tried with, and says whether these keys may. */
  private boolean deletes(String key) {
    try {
      deleteVersions(key, anyVersion -> {});
      return true;
    } catch (JobFailure e) {
      if (e.code() != ErrorCode.REPOSITORY_REFUSED) {
        throw e;
      }
      return false;
    }
  }

  private boolean aborts(String key, PartBuffer bytes, String md5) {
    String upload = unlocked.begin(key);
    boolean sent = !calls.uploadPart(key, upload, 1, bytes, md5).isEmpty();
    calls.abort(key, upload);
    return sent
        && calls.head(key).isEmpty()
        && calls.openUploads("probes/").stream().noneMatch(open -> open.key().equals(key));
  }

  private static PartBuffer buffer(byte[] content) {
    PartBuffer bytes = new PartBuffer();
    bytes.fill(content, 0, content.length, Math.max(1, content.length));
    return bytes;
  }

  @Override
  public void close() {
    calls.close();
  }
}
