package io.holdfast.worker.repository;

import io.holdfast.model.repository.Capabilities;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A repository as it is, for tests to change one thing of. */
public abstract class ForwardingRepository implements Repository {
  private final Repository real;

  /**
   * @param real closed with this
   */
  protected ForwardingRepository(Repository real) {
    this.real = real;
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
  public boolean replace(String key, byte[] content) {
    return real.replace(key, content);
  }

  @Override
  public InputStream open(String key) {
    return real.open(key);
  }

  @Override
  public Optional<ObjectStat> stat(String key) {
    return real.stat(key);
  }

  @Override
  public List<ObjectStat> list(String prefix) {
    return real.list(prefix);
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
