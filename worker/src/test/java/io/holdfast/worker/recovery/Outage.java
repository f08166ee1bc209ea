package io.holdfast.worker.recovery;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.repository.Capabilities;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.repository.StagedObject;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * A store that answers 503 to questions about WAL, for a while from the first that follows {@link
 * #begin}.
 */
final class Outage {
  private final AtomicLong length = new AtomicLong();
  private final AtomicLong begun = new AtomicLong();
  private final AtomicInteger refused = new AtomicInteger();

  void begin(long nanos) {
    length.set(nanos);
  }

  /** How many questions were refused. */
  int refused() {
    return refused.get();
  }

  RepositoryFactory over(RepositoryFactory real) {
    return spec -> new Away(real.open(spec));
  }

  private final class Away implements Repository {
    private final Repository real;

    private Away(Repository real) {
      this.real = real;
    }

    private String asked(String key) {
      if (length.get() == 0 || !key.contains("/wal/")) {
        return key;
      }
      boolean unused = begun.compareAndSet(0, System.nanoTime());
      if (System.nanoTime() - begun.get() < length.get()) {
        refused.incrementAndGet();
        throw new JobFailure(ErrorCode.REPOSITORY_UNAVAILABLE, "the store answered 503", "Wait.");
      }
      return key;
    }

    @Override
    public StagedObject stage(String key, long expectedBytes) {
      return real.stage(key, expectedBytes);
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
      return real.createIfAbsent(key, content);
    }

    @Override
    public boolean createPassing(String key, byte[] content) {
      return real.createPassing(key, content);
    }

    @Override
    public InputStream open(String key) {
      return real.open(asked(key));
    }

    @Override
    public Optional<ObjectStat> stat(String key) {
      return real.stat(asked(key));
    }

    @Override
    public List<ObjectStat> list(String prefix) {
      return real.list(asked(prefix));
    }

    @Override
    public void delete(String key) {
      real.delete(key);
    }

    @Override
    public void hold(String key, boolean held) {
      real.hold(key, held);
    }

    @Override
    public void discardUnfinished(String prefix, Predicate<String> dead) {
      real.discardUnfinished(prefix, dead);
    }

    @Override
    public Capabilities probe() {
      return real.probe();
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
