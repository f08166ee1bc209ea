package io.holdfast.worker.expire;

import io.holdfast.worker.repository.ForwardingRepository;
import io.holdfast.worker.repository.Repository;
import java.util.function.Consumer;

/** A repository that tells before it changes anything; whoever hears may throw instead. */
final class Watched extends ForwardingRepository {
  private final Consumer<String> beforeCreate;
  private final Consumer<String> beforeDelete;

  Watched(Repository real, Consumer<String> beforeCreate, Consumer<String> beforeDelete) {
    super(real);
    this.beforeCreate = beforeCreate;
    this.beforeDelete = beforeDelete;
  }

  @Override
  public boolean createIfAbsent(String key, byte[] content) {
    beforeCreate.accept(key);
    return super.createIfAbsent(key, content);
  }

  @Override
  public boolean createPassing(String key, byte[] content) {
    beforeCreate.accept(key);
    return super.createPassing(key, content);
  }

  @Override
  public void delete(String key) {
    beforeDelete.accept(key);
    super.delete(key);
  }
}
