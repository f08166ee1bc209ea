package io.holdfast.worker.recovery;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.ForwardingRepository;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.RepositoryFactory;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

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

  private final class Away extends ForwardingRepository {
    private Away(Repository real) {
      super(real);
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
    public InputStream open(String key) {
      return super.open(asked(key));
    }

    @Override
    public Optional<ObjectStat> stat(String key) {
      return super.stat(asked(key));
    }

    @Override
    public List<ObjectStat> list(String prefix) {
      return super.list(asked(prefix));
    }
  }
}
