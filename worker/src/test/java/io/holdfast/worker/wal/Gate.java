package io.holdfast.worker.wal;

import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.RepositoryFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Holds up whatever is about to be created in a store, while it is closed. */
final class Gate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition opened = lock.newCondition();
  private final AtomicInteger waiting = new AtomicInteger();
  private boolean closed;

  void close() {
    lock.lock();
    closed = true;
    lock.unlock();
  }

  void open() {
    lock.lock();
    closed = false;
    opened.signalAll();
    lock.unlock();
  }

  /** How many stand before it. */
  int waiting() {
    return waiting.get();
  }

  RepositoryFactory before(RepositoryFactory real) {
    return spec -> {
      Repository store = real.open(spec);
      return (Repository)
          Proxy.newProxyInstance(
              Repository.class.getClassLoader(),
              new Class<?>[] {Repository.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("createIfAbsent")) {
                  pass();
                }
                try {
                  return method.invoke(store, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    };
  }

  private void pass() {
    lock.lock();
    waiting.incrementAndGet();
    try {
      while (closed) {
        opened.awaitUninterruptibly();
      }
    } finally {
      waiting.decrementAndGet();
      lock.unlock();
    }
  }
}
