package io.holdfast.worker.expire;

import io.holdfast.model.repository.Capabilities;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.StagedObject;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A repository that tells before it changes anything; whoever hears may throw instead. */
final class Watched implements Repository {
  private final Repository real;
  private final Consumer<String> beforeCreate;
  private final Consumer<String> beforeDelete;

  Watched(Repository real, Consumer<String> beforeCreate, Consumer<String> beforeDelete) {
    this.real = real;
    this.beforeCreate = beforeCreate;
    this.beforeDelete = beforeDelete;
  }

  @Override
  public StagedObject stage(String key, long expectedBytes) {
    return real.stage(key, expectedBytes);
  }

  @Override
  public boolean createIfAbsent(String key, byte[] content) {
    beforeCreate.accept(key);
    return real.createIfAbsent(key, content);
  }

  @Override
  public boolean createPassing(String key, byte[] content) {
    beforeCreate.accept(key);
    return real.createPassing(key, content);
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
    beforeDelete.accept(key);
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
