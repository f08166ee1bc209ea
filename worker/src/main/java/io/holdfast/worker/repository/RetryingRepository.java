package io.holdfast.worker.repository;

import io.holdfast.model.repository.Capabilities;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Retries what may be done twice. A staged object is not among it: its driver retries the parts,
 * whose bytes it still has.
 */
public final class RetryingRepository implements Repository {
  private final Repository driver;
  private final Retry retry;

  public RetryingRepository(Repository driver, Retry retry) {
    this.driver = driver;
    this.retry = retry;
  }

  @Override
  public StagedObject stage(String key, long expectedBytes) {
    return driver.stage(key, expectedBytes);
  }

  @Override
  public boolean createIfAbsent(String key, byte[] content) {
    return create(key, content, () -> driver.createIfAbsent(key, content));
  }

  @Override
  public boolean createPassing(String key, byte[] content) {
    return create(key, content, () -> driver.createPassing(key, content));
  }

  @Override
  public boolean replace(String key, byte[] content) {
    return retry.call(() -> driver.replace(key, content));
  }

  private boolean create(String key, byte[] content, BooleanSupplier once) {
    AtomicInteger attempts = new AtomicInteger();
    return retry.call(
        () -> {
          boolean again = attempts.getAndIncrement() > 0;
          return once.getAsBoolean() || (again && holds(key, content));
        });
  }

  /** Whether an earlier attempt whose answer was lost has created it. */
  private boolean holds(String key, byte[] content) {
    try (InputStream in = driver.open(key)) {
      return Arrays.equals(in.readNBytes(content.length + 1), content);
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public InputStream open(String key) {
    return retry.call(() -> driver.open(key));
  }

  @Override
  public Optional<ObjectStat> stat(String key) {
    return retry.call(() -> driver.stat(key));
  }

  @Override
  public List<ObjectStat> list(String prefix) {
    return retry.call(() -> driver.list(prefix));
  }

  @Override
  public void delete(String key) {
    retry.run(() -> driver.delete(key));
  }

  @Override
  public void hold(String key, boolean held) {
    retry.run(() -> driver.hold(key, held));
  }

  @Override
  public void discardUnfinished(String prefix, Predicate<String> dead) {
    retry.run(() -> driver.discardUnfinished(prefix, dead));
  }

  @Override
  public Capabilities probe() {
    return driver.probe();
  }

  @Override
  public void close() {
    driver.close();
  }
}
